import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import type { Content, ContentType } from '../peek/content.ts';
import type { DiskContent, FoundContent } from '../peek/peek.ts';
import { runAsync } from '../steps.ts';
import { bytes as toByteCount } from '../units.ts';
import type { ConfineOptions } from './confine.ts';
import { snapshotContent } from './peek-snapshot.ts';

/** Codes that the check of the descriptor and of the images reports already. */
const REPORTED: ReadonlySet<DiagnosticCode> = new Set([
  'CONTENT_ENCRYPTED',
  'IMAGE_ALONE',
  'IMAGE_MAYBE_DELTA',
  'LUKS_FOUND',
]);

/** The content of the top of a disk, and its findings. Empty if it cannot be read: the check of the images reports that. */
export async function checkContent(
  path: string,
  options: ConfineOptions,
): Promise<readonly Diagnostic[]> {
  let content: DiskContent;
  try {
    content = await runAsync(snapshotContent(path, undefined, options, { search: true }));
  } catch (error) {
    if (error instanceof DescriptorError) return [];
    throw error;
  }
  return [
    ...foundIn(content).map(found),
    ...content.diagnostics.filter(({ code }) => !REPORTED.has(code)),
  ];
}

type Found = Content & Pick<FoundContent, 'partition' | 'start'>;

/** Everything that is recognised, in the order of its place. */
function foundIn({ fileSystems, luks = [], contents = [] }: DiskContent): readonly Found[] {
  return [
    ...fileSystems.map(({ blocks, blockSize, ...rest }) => ({
      ...rest,
      size: toByteCount(blocks * blockSize),
    })),
    ...luks.map(({ uuid, partition, start }) => {
      const type: ContentType = 'luks';
      return { type, uuid, partition, start };
    }),
    ...contents,
  ].toSorted((one, other) => one.start - other.start);
}

function found({ type, partition, start, size, label, uuid }: Found): Diagnostic {
  return diagnostic('CONTENT_FOUND', {
    type,
    ...(partition !== undefined && { partition }),
    start,
    ...(size !== undefined && { size }),
    ...(label !== undefined && { label }),
    ...(uuid !== undefined && { uuid }),
  });
}
