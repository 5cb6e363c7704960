import { printable, DescriptorError, diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import type { InspectCommand, Surroundings } from '../command.ts';
import { copyFiles } from '../copy/copy-files.ts';
import { destinationsOf, foldingOf, partsOf } from '../copy/destination.ts';
import { survey, type Source } from '../copy/survey.ts';
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
import { counted } from '../output/counted.ts';
import { progressBar } from '../output/progress-bar.ts';
import { errorsOf, filesReport, type Done } from '../views/files-report.ts';

interface CopyRequest extends FilesRequest {
  readonly isRecursive: boolean;
  readonly replaces: boolean;
}

/** `ploop-inspect cp`: files of a snapshot as files here. */
export const cp: InspectCommand = {
  examples: [
    ['cp root.hdd /etc/hostname .', 'one file'],
    ['cp -r root.hdd /etc /var/www restored --snapshot 22222222', 'two directories of Tuesday'],
  ],
  seeAlso: ['ls', 'cat', 'tar'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .argument('<source...>', 'files or directories of the disk, then where to copy them to')
      .usage('[options] <path> <source...> <dest>')
      .option('-r, --recursive', 'copy directories with what is in them', false)
      .option('--force', 'replace files that are there', false)
      .addOption(snapshotOption)
      .addOption(partitionOption)
      .addOption(escapedOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, named, options, self) => {
        const [destination, sources] = [named.at(-1), named.slice(0, -1)];
        if (destination === undefined || sources.length === 0)
          return self.error("error: missing required argument 'dest'");
        const { recursive: isRecursive, force: replaces } = options;
        const request = { ...filesRequestOf(options), isRecursive, replaces };
        return run(async () => {
          const report = await filesReport(path, request, surroundings.stopSignal?.(), (files) =>
            copy(files, sources, destination, request, surroundings),
          );
          return { ...report, isSummary: true };
        });
      }),
};

async function copy(
  files: DiskFiles,
  typed: readonly string[],
  destination: string,
  request: CopyRequest,
  { stderr }: Surroundings,
): Promise<Done> {
  const paths = typed.map((one) => pathMeant(one, request));
  for (const path of paths) await requireKind(files, path, request);
  const places = await destinationsOf(paths, destination, files.snapshot.path);
  const sources: readonly Source[] = paths.map((path, index) => ({
    path,
    below: partsOf(places[index]?.name ?? ''),
  }));
  const root = places[0]?.root ?? destination;
  const before = errorsOf(files);
  const total = await survey(files, sources, await foldingOf(root));
  const bar = progressBar(stderr);
  let done = 0;
  const progress = (bytes: number): void => {
    done += bytes;
    bar.show(done, total);
  };
  try {
    const options = { root, replaces: request.replaces, progress };
    const { entries, findings } = await copyFiles(files, sources, options);
    const text = [printable(`copied ${counted(entries, 'entry')} to ${destination}`)];
    const isIncomplete =
      errorsOf(files) > before ||
      findings.some(({ code }) => code === 'CONTENT_LOST' || code === 'FILE_UNWRITABLE');
    return { text, json: { destination, entries, bytes: done }, findings, isIncomplete };
  } finally {
    bar.end();
  }
}

async function requireKind(
  files: DiskFiles,
  path: string,
  { isRecursive }: CopyRequest,
): Promise<void> {
  const { type } = await files.stat(path, { follow: true });
  if (type !== 'directory' || isRecursive) return;
  const data = { path, type, needed: 'file; -r copies directories' };
  throw new DescriptorError([diagnostic('PATH_WRONG_TYPE', data)]);
}
