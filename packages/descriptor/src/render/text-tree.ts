import { requireGraph } from '../arguments/graph.ts';
import { requireOptions } from '../arguments/require.ts';
import { aFlag, aFunction } from '../arguments/rules.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import type { SnapshotNode } from '../graph/node.ts';
import type { Forest } from '../graph/survey.ts';
import { createLabeller, forestOf, withNotes, type ShotLabel } from './label.ts';
import { printable } from '../diagnostics/printable.ts';

/** How to draw a tree. */
export interface TextTreeOptions {
  /** Only ASCII characters. Default: Unicode. */
  readonly ascii?: boolean;
  /** What else to say of a snapshot, each of one line: shown after its file, made printable. */
  readonly details?: (node: SnapshotNode) => readonly string[];
}

interface Marks {
  readonly top: string;
  readonly temporary: string;
  readonly shot: string;
  readonly branch: string;
  readonly beside: string;
}
const UNICODE: Marks = { top: '●', temporary: '◌', shot: '○', branch: '├─', beside: '│ ' };
const ASCII: Marks = { top: '*', temporary: '~', shot: 'o', branch: '|-', beside: '| ' };

/**
 * The snapshot graph as lines of text, base first. A child stands below its parent in the same column; further
 * children branch off to the right, before it. The chain of the top keeps the left column, any other branch goes on
 * with its largest part, so that a graph of n shots is at most log2(n) + 1 columns wide.
 */
export function renderTextTree(
  graph: SnapshotGraph,
  options: TextTreeOptions = {},
): readonly string[] {
  requireGraph(graph);
  requireOptions(options, { ascii: aFlag, details: aFunction });
  const { details = () => [] } = options;
  const marks = options.ascii === true ? ASCII : UNICODE;
  const forest = forestOf(graph);
  const label = createLabeller(graph);
  const active = new Set(graph.top === undefined ? [] : graph.chain(graph.top.guid));
  const isActive = (index: number): boolean => {
    const node = graph.nodes[index];
    return node !== undefined && active.has(node);
  };
  const lines: string[] = [];

  const draw = (start: number, first: string, rest: string): void => {
    let prefix = first;
    for (let index: number | undefined = start; index !== undefined;) {
      const node = graph.nodes[index];
      if (node !== undefined) lines.push(prefix + lineOf(label(node), details(node), marks));
      prefix = rest;
      const next = continuation(forest, index, isActive);
      for (const branch of forest.children(index))
        if (branch !== next) draw(branch, rest + marks.branch, rest + marks.beside);
      index = next;
    }
  };
  for (const root of forest.roots) {
    if (lines.length > 0) lines.push('');
    draw(root, '', '');
  }
  return lines;
}

/** The child that is drawn in the column of its parent. */
function continuation(
  { children, sizes, places }: Forest,
  index: number,
  isActive: (index: number) => boolean,
): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const child of children(index)) {
    if (isActive(child)) return child;
    const size = sizes[places[child] ?? -1] ?? 0;
    if (size > most) [best, most] = [child, size];
  }
  return best;
}

function lineOf(
  { short, file, notes, states }: ShotLabel,
  details: readonly string[],
  marks: Marks,
): string {
  const mark = (['top', 'temporary'] as const).find((state) => states.includes(state)) ?? 'shot';
  const said = [`${marks[mark]} ${short}`, file, ...details.map(printable)];
  return withNotes(said.join('  '), notes);
}
