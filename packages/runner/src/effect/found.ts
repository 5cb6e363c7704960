import type { DiskView } from './disk-view.ts';

/** Enough to see what became of a few. */
const MOST_SHOTS = 8;

/** The shots of a disk, for a message. */
export function shotsOf({ graph: { nodes, top } }: DiskView): string {
  const told = nodes.slice(0, MOST_SHOTS).map((node) => {
    const marks = [...(node === top ? ['top'] : []), ...(node.temporary ? ['temporary'] : [])];
    return marks.length === 0 ? node.guid : `${node.guid} (${marks.join(', ')})`;
  });
  const more = nodes.length - told.length;
  return `it has ${told.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

/** The images of a disk, for a message. */
export function imagesOf({ graph: { nodes } }: DiskView): string {
  const files = nodes.flatMap(({ image }) => (image === undefined ? [] : [image.file]));
  const told = files.slice(0, MOST_SHOTS).map((file) => JSON.stringify(file));
  const more = files.length - told.length;
  return `it has ${told.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}
