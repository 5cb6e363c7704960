import type { DiskView } from './disk-view.ts';

/** Enough to see what became of a few. */
const MOST_SHOWN = 8;

/** The shots of a disk, for a message. */
export function shotsOf({ graph: { nodes, top } }: DiskView): string {
  return listed(nodes, (node) => {
    const marks = [...(node === top ? ['top'] : []), ...(node.temporary ? ['temporary'] : [])];
    return marks.length === 0 ? node.guid : `${node.guid} (${marks.join(', ')})`;
  });
}

/** The images of a disk, for a message. */
export function imagesOf({ graph: { nodes } }: DiskView): string {
  const files = nodes.flatMap(({ image }) => (image === undefined ? [] : [image.file]));
  return listed(files, (file) => JSON.stringify(file));
}

function listed<Item>(items: readonly Item[], textOf: (item: Item) => string): string {
  const shown = items.slice(0, MOST_SHOWN).map(textOf);
  const more = items.length - shown.length;
  return `it has ${shown.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}
