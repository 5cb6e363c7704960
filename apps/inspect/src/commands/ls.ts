import { escapedName } from '@ploop/contents';
import type { Diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import type { InspectCommand, Surroundings } from '../command.ts';
import { confineOption, noConfineOption } from '../input/confine.ts';
import {
  escapedOption,
  filesRequestOf,
  partitionOption,
  pathMeant,
  type FilesRequest,
} from '../input/files.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotOption } from '../input/snapshot.ts';
import { send } from '../output/send.ts';
import { lines } from '../output/text.ts';
import { entryLines, totalOf } from '../views/file-lines.ts';
import {
  described,
  directoriesOf,
  noted,
  toJsonEntry,
  type Listed,
  type ListedDirectory,
} from '../views/file-list.ts';
import { filesReport, type Done } from '../views/files-report.ts';

interface ListRequest extends FilesRequest {
  readonly isLong: boolean;
  readonly isRecursive: boolean;
}

/** `ploop-inspect ls`: the names in a directory of a snapshot. */
export const ls: InspectCommand = {
  examples: [
    ['ls root.hdd /etc --snapshot 22222222', 'the names in a directory, one a line'],
    ['ls -lR root.hdd', 'everything on the disk now, with owners, sizes and times in UTC'],
    ['ls --escaped root.hdd "/home/caf\\351"', 'a directory whose name is not UTF-8'],
  ],
  seeAlso: ['stat', 'cat', 'partitions'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .argument('[dir]', 'directory or file to list', '/')
      .option('-l, --long', 'show type, mode, links, owner, size and time (UTC)', false)
      .option('-R, --recursive', 'list directories below as well', false)
      .addOption(snapshotOption)
      .addOption(partitionOption)
      .addOption(escapedOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, directory, options) => {
        const { long: isLong, recursive: isRecursive } = options;
        const request = { ...filesRequestOf(options), isLong, isRecursive };
        const { stdout } = surroundings;
        return run(() =>
          filesReport(path, request, undefined, (files) => list(files, directory, request, stdout)),
        );
      }),
};

async function list(
  files: DiskFiles,
  typed: string,
  request: ListRequest,
  stdout: Surroundings['stdout'],
): Promise<Done> {
  const path = pathMeant(typed, request);
  const findings: Diagnostic[] = [];
  const note = (finding: Diagnostic): void => {
    findings.push(finding);
  };
  const { isLong, isRecursive, isJson } = request;
  const single = await fileAt(files, path, isLong, note);
  if (single !== undefined)
    return {
      text: entryLines([single], isLong),
      json: { entries: [toJsonEntry(single)] },
      findings,
    };
  const all: object[] = [];
  let isFirst = true;
  for await (const directory of directoriesOf(files, path, { isLong, isRecursive, note })) {
    if (isJson) all.push(toJsonDirectory(directory));
    else await send(stdout, lines(directoryLines(directory, request, isFirst)));
    isFirst = false;
  }
  return { json: { directories: all }, findings };
}

/** What the path names, unless it is a directory. As `ls`, a symlink is followed unless `-l` shows it. */
async function fileAt(
  files: DiskFiles,
  path: string,
  isLong: boolean,
  note: (finding: Diagnostic) => void,
): Promise<Listed | undefined> {
  const own = await files.stat(path);
  const follow = own.type === 'symlink' && (!isLong || path.endsWith('/'));
  if (follow && (await leadsToDirectory(files, path))) return undefined;
  if (own.type === 'directory') return undefined;
  const { inode, type } = own;
  return { name: path, inode, type, ...(await described(files, path, note)) };
}

async function leadsToDirectory(files: DiskFiles, path: string): Promise<boolean> {
  try {
    return (await files.stat(path, { follow: true })).type === 'directory';
  } catch (error) {
    // A dangling symlink is listed as itself.
    noted(error, () => undefined);
    return false;
  }
}

function directoryLines(
  { path, entries }: ListedDirectory,
  { isLong, isRecursive }: ListRequest,
  isFirst: boolean,
): readonly string[] {
  return [
    ...(isRecursive ? [...(isFirst ? [] : ['']), `${escapedName(path)}:`] : []),
    ...(isLong ? [totalOf(entries)] : []),
    ...entryLines(entries, isLong),
  ];
}

function toJsonDirectory({ path, entries }: ListedDirectory): object {
  return { path, escaped: escapedName(path), entries: entries.map(toJsonEntry) };
}
