import { Command } from '@commander-js/extra-typings';

import type { InspectCommand } from '../command.ts';
import { confineOf, confineOption, noConfineOption } from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { SNAPSHOT_NAME } from '../input/snapshot.ts';
import { runBackup, type BackupRequest } from '../views/backup-answer.ts';

const SUMMARIES = {
  create: 'copy the images of a snapshot that a repository lacks',
  list: 'list the backups of a repository',
  verify: 'compare the images of backups with their SHA-256',
  restore: 'make a disk of a backup',
} as const;

/** `ploop-inspect backup`: snapshots in a repository. */
export const backup: InspectCommand = {
  examples: [
    [
      'backup create /vz/private/101/root.hdd /backup/101',
      'the newest snapshot; only new images are copied',
    ],
    ['backup list /backup/101', 'what there is'],
    ['backup verify /backup/101', 'whether all of it is as it was copied'],
    ['backup restore /backup/101 20261201T0300 /vz/private/102/root.hdd', 'a disk of one of them'],
  ],
  seeAlso: ['tree', 'check'],
  define: (command, run, surroundings) => {
    const sub = (name: keyof typeof SUMMARIES) =>
      new Command(name)
        .copyInheritedSettings(command)
        .summary(SUMMARIES[name])
        .description(`${SUMMARIES[name]}.`);
    const act = (request: BackupRequest) => run(() => runBackup(request, surroundings));
    return command
      .addCommand(
        sub('create')
          .addArgument(pathArgument)
          .argument(
            '<repo>',
            'a repository; a directory that is empty or does not exist becomes one',
          )
          .option('--snapshot <name>', `${SNAPSHOT_NAME} (default: the newest below the top)`)
          .addOption(confineOption)
          .addOption(noConfineOption)
          .addOption(jsonOption)
          .action((path, repository, options) =>
            act({ ...options, ...confineOf(options), operation: 'create', path, repository }),
          ),
      )
      .addCommand(
        sub('list')
          .argument('<repo>', 'a repository')
          .addOption(jsonOption)
          .action((repository, options) => act({ ...options, operation: 'list', repository })),
      )
      .addCommand(
        sub('verify')
          .argument('<repo>', 'a repository')
          .argument('[backup...]', 'names of backups, or beginnings of them (default: all)')
          .addOption(jsonOption)
          .action((repository, names, options) =>
            act({ ...options, operation: 'verify', repository, names }),
          ),
      )
      .addCommand(
        sub('restore')
          .argument('<repo>', 'a repository')
          .argument('<backup>', 'the name of a backup, or the beginning of it')
          .argument('<dir>', 'the directory of the new disk, which must not exist')
          .addOption(jsonOption)
          .action((repository, name, directory, options) =>
            act({ ...options, operation: 'restore', repository, name, directory }),
          ),
      );
  },
};
