import { printable } from '../diagnostics/printable.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { linkShots } from '../graph/links.ts';
import { isBase, type SnapshotNode } from '../graph/node.ts';
import { surveyForest, type Forest } from '../graph/survey.ts';
import { shortGuids } from './short-guids.ts';

/** What sets a shot apart: `dead` is not on the chain of the top, `damaged` has no parent where it says it has one. */
export type ShotState = 'top' | 'temporary' | 'dead' | 'damaged';

/** What every drawing shows of a shot. Safe on one line of text; markup is for the drawing to escape. */
export interface ShotLabel {
  readonly guid: string;
  /** The GUID, short where that is enough to distinguish the shots. */
  readonly short: string;
  readonly file: string;
  /** In words: all states but `dead`, which most drawings show by shape. */
  readonly notes: readonly string[];
  readonly states: readonly ShotState[];
  /** The whole GUID, the file, and every state in words. */
  readonly title: string;
}

/** A shot in its place of the forest. */
export interface LabelledShot extends ShotLabel {
  /** Place of the parent, -1 for a root. */
  readonly parent: number;
}

/** The shots of a graph as a forest; the numbers are those of `graph.nodes`. */
export function forestOf({ nodes }: SnapshotGraph): Forest {
  return surveyForest(linkShots(nodes, []));
}

/** Every shot of a graph exactly once, damaged or not, parents before their children. */
export function labelShots(graph: SnapshotGraph): readonly LabelledShot[] {
  const forest = forestOf(graph);
  const label = createLabeller(graph);
  return Array.from(forest.order, (index) => graph.nodes[index])
    .filter((node) => node !== undefined)
    .map((node, place) => ({ ...label(node), parent: forest.parents[place] ?? -1 }));
}

/** A function that labels the shots of a graph. Without a top no branch is called dead. */
export function createLabeller(graph: SnapshotGraph): (node: SnapshotNode) => ShotLabel {
  const shorten = shortGuids(graph.nodes);
  const cut = new Set(graph.roots.filter((root) => !isBase(root)));
  const active = new Set(graph.top === undefined ? graph.nodes : graph.chain(graph.top.guid));
  const damage = ({ parentGuid }: SnapshotNode): string =>
    graph.node(parentGuid) === undefined ? `parent ${parentGuid} is missing` : 'in a cycle';

  return (node) => {
    const found: readonly (readonly [ShotState, string] | false)[] = [
      node === graph.top && ['top', 'top'],
      node.temporary && ['temporary', 'temporary'],
      !active.has(node) && ['dead', 'dead branch'],
      cut.has(node) && ['damaged', damage(node)],
    ];
    const states = found.filter((entry) => entry !== false);
    const file = node.image === undefined ? 'no image' : printable(node.image.file);
    return {
      guid: node.guid,
      short: shorten(node.guid),
      file,
      notes: states.filter(([state]) => state !== 'dead').map(([, words]) => words),
      states: states.map(([state]) => state),
      title: withNotes(
        `${node.guid}  ${file}`,
        states.map(([, words]) => words),
      ),
    };
  };
}

/** A text with notes in parentheses after it, if there are any. */
export function withNotes(text: string, notes: readonly string[]): string {
  return notes.length === 0 ? text : `${text}  (${notes.join(', ')})`;
}
