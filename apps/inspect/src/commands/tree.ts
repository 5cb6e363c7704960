import { Option } from '@commander-js/extra-typings';
import type { SnapshotGraph, SnapshotNode } from '@ploop/descriptor';
import { renderDot, renderMermaid, renderSvg, renderTextTree } from '@ploop/descriptor/render';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { containerAround } from '../input/container.ts';
import { load } from '../input/load.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { reported, type Answer } from '../output/answer.ts';
import { listFindings, listNotes, savedDetails } from '../views/saved.ts';
import { treeJson } from '../views/tree-json.ts';
import { isSeriousOrAlone } from './show.ts';

type Draw = (
  graph: SnapshotGraph,
  details: (node: SnapshotNode) => readonly string[],
) => readonly string[];

const FORMATS = {
  text: (graph, details) => renderTextTree(graph, { details }),
  ascii: (graph, details) => renderTextTree(graph, { ascii: true, details }),
  mermaid: (graph) => [renderMermaid(graph)],
  dot: (graph) => [renderDot(graph)],
  svg: (graph) => [renderSvg(graph)],
} as const satisfies Readonly<Record<string, Draw>>;

type Format = keyof typeof FORMATS;
const NAMES = [...(Object.keys(FORMATS) as readonly Format[]), 'json'] as const;

/** `ploop-inspect tree`: the snapshot graph. */
export const tree: InspectCommand = {
  examples: [
    ['tree root.hdd', 'the snapshots of a disk on a terminal'],
    ['tree --format svg root.hdd > tree.svg', 'a picture for a browser'],
  ],
  seeAlso: ['show', 'images'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .addOption(
        new Option('--format <format>', 'how to draw it')
          .choices(NAMES)
          .default('text' as const)
          .conflicts('json'),
      )
      .action((path, options) =>
        run(() => {
          const { json, format } = options;
          const drawing = format === 'json' ? 'text' : format;
          const output = { json: json || format === 'json' };
          return reported(path, output, () => drawn(path, drawing, confineOf(options)));
        }),
      ),
};

async function drawn(path: string, format: Format, options: ConfineRequest): Promise<Answer> {
  const { disk, accepted, findings, path: found } = await load(path);
  const container = disk && (await containerAround(disk.directory, options));
  const details = savedDetails(container);
  const text = disk && [
    ...FORMATS[format](disk.graph, details),
    ...(format === 'text' || format === 'ascii' ? listNotes(container, disk.graph) : []),
  ];
  return {
    findings: [...findings, ...listFindings(container)],
    text,
    json: { path: found, accepted, ...(disk && treeJson(disk, container)) },
    isShown: isSeriousOrAlone,
  };
}
