import { resolveFile, toBytes, type Sectors } from '@ploop/descriptor';
import prettyBytes from 'pretty-bytes';

import type { InspectCommand, Readable } from '../command.ts';
import { toTable } from '../table.ts';

/** `ploop-inspect show`: what the descriptor says, image by image. */
export const show: InspectCommand = {
  name: 'show',
  summary: 'show what a descriptor says',
  formats: { text: (loaded) => [...facts(loaded), '', ...shots(loaded)] },
  toJson: ({ descriptor }) => ({ descriptor }),
};

function facts({ path, directory, descriptor, graph: { top } }: Readable): readonly string[] {
  const file = top?.image && resolveFile(directory, top.image.file);
  return toTable([
    ['descriptor', path],
    ['root', descriptor.root],
    ['size', sizeOf(descriptor.size)],
    ['cluster', sizeOf(descriptor.blockSize)],
    ['mode', descriptor.mode],
    ['top', descriptor.topGuid ?? 'none'],
    ['top delta', file ?? 'none'],
  ]);
}

function shots({ graph: { nodes, top } }: Readable): readonly string[] {
  const rows = nodes.map((node) => {
    const marks = [...(node === top ? ['top'] : []), ...(node.temporary ? ['temporary'] : [])];
    return [node.guid, node.parentGuid, node.image?.file ?? 'no image', marks.join(', ')];
  });
  return toTable([['GUID', 'PARENT', 'FILE', ''], ...rows]);
}

function sizeOf(sectors: Sectors): string {
  return `${prettyBytes(toBytes(sectors), { binary: true })} (${String(sectors)} sectors)`;
}
