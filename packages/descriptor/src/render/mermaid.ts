import { requireGraph } from '../arguments/graph.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { labelShots, type LabelledShot, type ShotState } from './label.ts';

/** Widths and dashes rather than colours: they suit every theme. */
const LOOKS: Readonly<Record<ShotState, string>> = {
  top: 'stroke-width:4px',
  temporary: 'stroke-dasharray:6 3',
  dead: 'opacity:0.6',
  damaged: 'stroke:red',
};

/**
 * The snapshot graph as a Mermaid flowchart, bases above; every shot is drawn once, on any graph. Mermaid itself
 * draws no more than 500 arrows and 50,000 characters unless its `maxEdges` and `maxTextSize` are raised.
 */
export function renderMermaid(graph: SnapshotGraph): string {
  requireGraph(graph);
  const shots = labelShots(graph);
  const arrows = shots.flatMap(({ parent, states }, place) =>
    parent < 0
      ? []
      : [`  n${String(parent)} ${states.includes('dead') ? '-.->' : '-->'} n${String(place)}`],
  );
  const looks = Object.entries(LOOKS).flatMap(([state, look]) => {
    const places = shots.flatMap(({ states }, place) =>
      states.some((one) => one === state) ? [`n${String(place)}`] : [],
    );
    return places.length === 0
      ? []
      : [`  classDef ${state} ${look}`, `  class ${places.join(',')} ${state}`];
  });
  return ['flowchart TB', ...shots.map(nodeOf), ...arrows, ...looks].join('\n');
}

function nodeOf({ short, file, notes }: LabelledShot, place: number): string {
  const label = [short, file, ...notes].map(escape).join('<br/>');
  return `  n${String(place)}["${label}"]`;
}

/**
 * Mermaid has no quoting, only character references in its own spelling, and it reads labels as Markdown: a dot can
 * begin a list or make a link, a colon an icon, a percent sign a directive. So nothing but letters, digits, and
 * single spaces and hyphens between them stays as it is.
 */
const MARKUP = /[^\p{L}\p{M}\p{N} -]|(?<![\p{L}\p{N}])[ -]|[ -](?![\p{L}\p{N}])/gu;

function escape(text: string): string {
  return text.replace(MARKUP, (character) => `#${String(character.codePointAt(0))};`);
}
