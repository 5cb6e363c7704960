import { Option } from '@commander-js/extra-typings';
import type { SnapshotGraph } from '@ploop/descriptor';
import { renderDot, renderMermaid, renderSvg, renderTextTree } from '@ploop/descriptor/render';

import type { InspectCommand } from '../command.ts';
import { confineOption, noConfineOption } from '../input/confine.ts';
import { load } from '../input/load.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { reported, type Answer } from '../output/answer.ts';
import { treeJson } from '../views/tree-json.ts';
import { isSeriousOrAlone } from './show.ts';

const FORMATS = {
  text: (graph) => renderTextTree(graph),
  ascii: (graph) => renderTextTree(graph, { ascii: true }),
  mermaid: (graph) => [renderMermaid(graph)],
  dot: (graph) => [renderDot(graph)],
  svg: (graph) => [renderSvg(graph)],
} as const satisfies Readonly<Record<string, (graph: SnapshotGraph) => readonly string[]>>;

type Format = keyof typeof FORMATS;
const NAMES = [...(Object.keys(FORMATS) as readonly Format[]), 'json'] as const;

/** `ploop-inspect tree`: the snapshot graph. */
export const tree: InspectCommand = {
  name: 'tree',
  summary: 'draw the snapshot graph, base first',
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
          return reported(path, output, () => drawn(path, drawing));
        }),
      ),
};

async function drawn(path: string, format: Format): Promise<Answer> {
  const { disk, accepted, findings, path: found } = await load(path);
  return {
    findings,
    text: disk && FORMATS[format](disk.graph),
    json: { path: found, accepted, ...(disk && treeJson(disk)) },
    isShown: isSeriousOrAlone,
  };
}
