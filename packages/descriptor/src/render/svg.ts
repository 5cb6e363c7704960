import { requireGraph } from '../arguments/graph.ts';
import { requireOptions } from '../arguments/require.ts';
import { aText } from '../arguments/rules.ts';
import { hierarchy, tree, type HierarchyNode } from 'd3-hierarchy';

import { printable } from '../diagnostics/printable.ts';
import type { SnapshotGraph } from '../graph/build.ts';
import { labelShots, type LabelledShot } from './label.ts';
import { boxOf, drawBox, escapeXml, type Box } from './svg-box.ts';
import { SVG_STYLE } from './svg-style.ts';

/** How to draw a tree as SVG. */
export interface SvgOptions {
  /** Title of the document. Default: `Snapshots`. */
  readonly title?: string;
}

/** Pixels beside a box, between a box and the one below it, and around the drawing. */
const BESIDE = 24;
const BELOW = 36;
const MARGIN = 20;

/**
 * The snapshot graph as an SVG document, bases above, laid out as a tidy tree; every shot is drawn once, on any graph.
 * The document needs nothing else: no scripts, no fonts, no links. It follows the reader's light or dark colours.
 */
export function renderSvg(graph: SnapshotGraph, options: SvgOptions = {}): string {
  requireGraph(graph);
  requireOptions(options, { title: aText });
  const shots = labelShots(graph);
  const boxes = shots.map(boxOf);
  const { middles, tops, width, height } = layOut(shots, boxes);
  const middleOf = (place: number): number => middles[place] ?? 0;
  const topOf = (place: number): number => tops[place] ?? 0;

  const links = shots.flatMap(({ parent, states }, place) => {
    const above = boxes[parent];
    if (above === undefined) return [];
    const [start, end] = [topOf(parent) + above.height, topOf(place)];
    const [from, to] = [pixels(middleOf(parent)), pixels(middleOf(place))];
    const bend = pixels((start + end) / 2);
    const path = `M${from} ${pixels(start)}C${from} ${bend} ${to} ${bend} ${to} ${pixels(end)}`;
    return [`<path class="${states.includes('dead') ? 'link dead' : 'link'}" d="${path}"/>`];
  });
  const drawn = shots.map((shot, place) => {
    const box = boxes[place] ?? boxOf(shot);
    const x = pixels(middleOf(place) - box.width / 2);
    return drawBox(shot, box, { x, y: pixels(topOf(place)) });
  });
  const [wide, high] = [pixels(width), pixels(height)] as const;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ploop-tree" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}">`,
    `<title>${escapeXml(printable(options.title ?? 'Snapshots'))}</title>`,
    `<style>${SVG_STYLE}</style>`,
    `<rect class="page" width="${wide}" height="${high}"/>`,
    ...links,
    ...drawn,
    '</svg>',
  ].join('\n');
}

interface Layout {
  /** By place: the middle of a box, and its upper edge. */
  readonly middles: readonly number[];
  readonly tops: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** All boxes get the room of the largest one. Bases and other roots stand side by side. */
function layOut(shots: readonly LabelledShot[], boxes: readonly Box[]): Layout {
  const most = (of: (box: Box) => number): number =>
    boxes.reduce((largest, box) => Math.max(largest, of(box)), 0);
  const column = most((box) => box.width) + BESIDE;
  const row = most((box) => box.height) + BELOW;

  const levels: number[] = [];
  for (const { parent } of shots) levels.push((levels[parent] ?? -1) + 1);
  const middles = columnsOf(shots);
  const left = middles.reduce((least, middle) => Math.min(least, middle), 0);
  const right = middles.reduce((largest, middle) => Math.max(largest, middle), 0);
  const deepest = levels.reduce((largest, level) => Math.max(largest, level), -1);
  return {
    middles: middles.map((middle) => MARGIN + (middle - left + 0.5) * column - BESIDE / 2),
    tops: levels.map((level) => MARGIN + level * row),
    width: 2 * MARGIN + (right - left + 1) * column - BESIDE,
    height: 2 * MARGIN + Math.max(0, (deepest + 1) * row - BELOW),
  };
}

/**
 * The tidy tree: by place, where a shot stands in widths of a column. The nodes are linked by hand because
 * `hierarchy` and `stratify`, given a whole tree, take time that grows with the square of its depth.
 */
function columnsOf(shots: readonly LabelledShot[]): readonly number[] {
  const root = hierarchy(-1);
  const nodes: HierarchyNode<number>[] = [];
  for (const [place, { parent }] of shots.entries()) {
    const node = hierarchy(place);
    const above = nodes[parent] ?? root;
    node.parent = above;
    (above.children ??= []).push(node);
    nodes.push(node);
  }
  tree<number>()
    .nodeSize([1, 1])
    .separation(() => 1)(root);
  return nodes.map(({ x }) => x ?? 0);
}

/** Rounded, so that the same graph gives the same document everywhere. */
function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}
