import type { DiskContent, FoundContent } from '@ploop/contents';
import {
  type DiagnosticCode,
  diagnostic,
  type Diagnostic,
  DescriptorError,
  bytes as toByteCount,
} from '@ploop/descriptor';
import { type Content, type ContentType, runAsync } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';

import { DOUBTS } from '../disk/content-findings.ts';
import { snapshotContent } from '../disk/identify-snapshot.ts';
import { CUT } from '../disk/cut-base.ts';

/** Codes that the check of the descriptor and of the images reports already. */
const REPORTED: ReadonlySet<DiagnosticCode> = new Set([
  'CONTENT_ENCRYPTED',
  'IMAGE_ALONE',
  'IMAGE_MAYBE_DELTA',
  'LUKS_FOUND',
  ...CUT,
  ...DOUBTS,
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
