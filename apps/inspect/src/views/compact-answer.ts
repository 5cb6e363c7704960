import { basename } from 'node:path';

import { compactSpace, type CompactSpace, type CompactSpaceOptions } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import type { Answer } from '../output/answer.ts';
import { toTable } from '../output/table.ts';

/**
 * Answers with what the guest has free and the images still hold.
 *
 * @throws DescriptorError as {@link compactSpace}.
 */
export async function compactAnswer(path: string, options: CompactSpaceOptions): Promise<Answer> {
  const { diagnostics, ...space } = await compactSpace(path, options);
  return { findings: diagnostics, text: compactTables(space), json: space };
}

function compactTables({
  fileSystems,
  images,
  held,
  returned,
}: Omit<CompactSpace, 'diagnostics'>): readonly string[] {
  if (fileSystems.length === 0) return ['The disk has no file system whose free space is known.'];
  return [
    ...toTable([
      ['FILE SYSTEM', 'LABEL', 'SIZE', 'FREE'],
      ...fileSystems.map(({ partition, type, label, size: whole, free }) => [
        partition === undefined ? type : `${type}, partition ${String(partition)}`,
        label ?? '',
        size(whole),
        size(free),
      ]),
    ]),
    '',
    ...toTable([
      ['GUID', 'HELD', 'SHOWN', 'FILE'],
      ...images.map((image) => [
        image.guid,
        size(image.held),
        size(image.shown),
        basename(image.file),
      ]),
    ]),
    '',
    `held for free space: ${size(held)} in all images`,
    `ploop-balloon discard can return ${size(returned)}: what the top delta holds`,
  ];
}

/** A dash stands for what is not known. */
function size(bytes: number | undefined): string {
  return bytes === undefined ? '-' : prettyBytes(bytes, { binary: true });
}
