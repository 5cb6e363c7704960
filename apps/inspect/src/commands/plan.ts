import { Command, Option } from '@commander-js/extra-typings';
import { DescriptorError, diagnostic, TOP_GUID, type ReleaseName } from '@ploop/descriptor';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { load, type Readable } from '../input/load.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { SNAPSHOT_NAME, snapshotNamed } from '../input/snapshot.ts';
import { reported, type Answer } from '../output/answer.ts';
import { CHANGES, type ChangeRequest } from '../views/changes.ts';
import { planAnswer, type PlannedChange } from '../views/plan-answer.ts';

type Operation = PlannedChange['operation'];

interface PlanRequest extends ConfineRequest, Partial<Omit<ChangeRequest, 'guid'>> {
  /** As typed. */
  readonly snapshot?: string | undefined;
  readonly release?: string | undefined;
}

const releaseOption = new Option(
  '--release <version>',
  'release of the tool, such as 7.0.280 or 9 (default: 1.15)',
);

const SUMMARIES: Readonly<Record<Operation, string>> = {
  snapshot: 'predict what taking a snapshot would do',
  switch: 'predict what going back to a snapshot would do',
  delete: 'predict what deleting a snapshot would do',
  merge: 'predict what merging a snapshot into its parent would do',
  replace: 'predict what putting another file in the place of an image would do',
};

/** `ploop-inspect plan`: what a change by the tool would do. */
export const plan: InspectCommand = {
  examples: [
    ['plan delete root.hdd 22222222', 'whether this snapshot can be deleted, and what that frees'],
    ['plan merge root.hdd --all --release 7.0.280', 'what a merge of everything does there'],
    ['plan switch root.hdd base', 'what is lost by going back to the oldest state'],
  ],
  seeAlso: ['space', 'tree'],
  define: (command, run) => {
    const sub = (operation: Operation) =>
      new Command(operation)
        .copyInheritedSettings(command)
        .summary(SUMMARIES[operation])
        .description(`${SUMMARIES[operation]}.`)
        .addArgument(pathArgument)
        .addOption(releaseOption)
        .addOption(confineOption)
        .addOption(noConfineOption)
        .addOption(jsonOption);
    const act = (
      operation: Operation,
      path: string,
      request: PlanRequest & { readonly json: boolean },
    ) => run(() => reported(path, request, () => planned(operation, path, request)));

    return command
      .addCommand(
        sub('snapshot').action((path, options) =>
          act('snapshot', path, { ...options, ...confineOf(options) }),
        ),
      )
      .addCommand(
        sub('switch')
          .argument('<snapshot>', SNAPSHOT_NAME)
          .action((path, snapshot, options) =>
            act('switch', path, { ...options, ...confineOf(options), snapshot }),
          ),
      )
      .addCommand(
        sub('delete')
          .argument('<snapshot>', SNAPSHOT_NAME)
          .option('--discard-top', 'allow the top, whose data is lost', false)
          .action((path, snapshot, options) =>
            act('delete', path, { ...options, ...confineOf(options), snapshot }),
          ),
      )
      .addCommand(
        sub('merge')
          .argument('[snapshot]', `${SNAPSHOT_NAME} (default: top)`)
          .option('--all', 'merge everything from the top to the base', false)
          .action((path, snapshot, options, self) => {
            if (snapshot !== undefined && options.all)
              self.error("error: '--all' goes with no snapshot");
            return act('merge', path, { ...options, ...confineOf(options), snapshot });
          }),
      )
      .addCommand(
        sub('replace')
          .argument('<snapshot>', SNAPSHOT_NAME)
          .requiredOption('--file <file>', 'a copy of the image')
          .option('--keep-name', 'give the copy the name of the image', false)
          .action((path, snapshot, options) =>
            act('replace', path, { ...options, ...confineOf(options), snapshot }),
          ),
      );
  },
};

async function planned(operation: Operation, path: string, request: PlanRequest): Promise<Answer> {
  const { snapshot, release, confine } = request;
  const { disk, findings, path: found, accepted } = await load(path);
  if (disk === undefined) return { findings, json: { path: found, accepted } };
  const guid = snapshot === undefined ? undefined : await namedIn(disk, path, snapshot, confine);
  const { all = false, discardTop = false, file = '', keepName = false } = request;
  const change = CHANGES[operation](
    disk,
    { guid, all, discardTop, file, keepName },
    { release: release as ReleaseName | undefined, directory: disk.directory },
  );
  return planAnswer(disk, change, { confine });
}

/** As the descriptor spells it: in another spelling some releases take it for another snapshot. */
async function namedIn(
  { graph }: Readable,
  path: string,
  name: string,
  confine: ConfineRequest['confine'],
): Promise<string> {
  const guid = (await snapshotNamed(path, name, { confine })) ?? graph.top?.guid ?? TOP_GUID;
  const node = graph.node(guid);
  if (node === undefined) throw new DescriptorError([diagnostic('SHOT_UNKNOWN', { guid: name })]);
  return node.guid;
}
