import { requireGraph } from '../arguments/graph.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { labelShots, type LabelledShot, type ShotState } from './label.ts';

type Attributes = Readonly<Record<string, string>>;

/** A later row wins where a shot has several states. */
const LOOKS: Readonly<Record<ShotState, Attributes>> = {
  dead: { color: 'gray60', fontcolor: 'gray40' },
  temporary: { style: 'rounded,dashed' },
  top: { penwidth: '3' },
  damaged: { color: 'red3' },
};

/** The snapshot graph in the DOT language of Graphviz, bases above; every shot is drawn once, on any graph. */
export function renderDot(graph: SnapshotGraph): string {
  requireGraph(graph);
  const shots = labelShots(graph);
  const arrows = shots.flatMap(({ parent, states }, place) =>
    parent < 0
      ? []
      : [
          `  n${String(parent)} -> n${String(place)}${states.includes('dead') ? ' [color="gray60"]' : ''};`,
        ],
  );
  return [
    'digraph snapshots {',
    '  node [shape="box", style="rounded", fontname="monospace"];',
    ...shots.map(nodeOf),
    ...arrows,
    '}',
  ].join('\n');
}

function nodeOf({ guid, short, file, notes, states }: LabelledShot, place: number): string {
  const looks = Object.entries(LOOKS).flatMap(([state, look]) =>
    states.some((one) => one === state) ? Object.entries(look) : [],
  );
  const attributes: Attributes = {
    label: [short, file, ...notes].map(escape).join('\\n'),
    // Not the file: Graphviz reads escape sequences in a tooltip twice.
    tooltip: escape(guid),
    ...Object.fromEntries(looks),
  };
  const list = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
  return `  n${String(place)} [${list.join(', ')}];`;
}

/** Within quotes a backslash begins an escape sequence, and an ampersand a character reference as in HTML. */
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '&': '&amp;' };

function escape(text: string): string {
  return text.replace(/[\\"&]/g, (character) => ESCAPES[character] ?? character);
}
