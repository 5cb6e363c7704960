import { DescriptorError, diagnostic, printable } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

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
import { counted } from '../output/counted.ts';
import { withNewFile, unwritable } from '../output/new-file.ts';
import { send } from '../output/send.ts';
import { writeTar, type Archived } from '../tar/write-tar.ts';
import { errorsOf, filesReport, type Done } from '../views/files-report.ts';

interface TarRequest extends FilesRequest {
  /** A path, or `-` for stdout. */
  readonly output: string;
}

/** `ploop-inspect tar`: the files of a snapshot as an archive. */
export const tar: InspectCommand = {
  examples: [
    [
      'tar root.hdd --output - | tar --xattrs --xattrs-include="*" --acls -xpf - -C DIR',
      'a whole container, as root',
    ],
    ['tar root.hdd /etc /var/www --snapshot 22222222 --output tuesday.tar', 'two directories'],
    ['tar root.hdd --output - | docker import - ct101', 'an image for Docker'],
  ],
  seeAlso: ['ls', 'cat', 'export'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .argument('[dir...]', 'directories or files to archive (default: all)')
      .requiredOption('--output <file>', 'file to write, which must not exist; - for stdout')
      .addOption(snapshotOption)
      .addOption(partitionOption)
      .addOption(escapedOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, directories, options, self) => {
        const { output } = options;
        if (output === '-' && options.json)
          self.error("error: '--json' needs a file as '--output'");
        const request = { ...filesRequestOf(options), output };
        return run(async () => {
          const signal = surroundings.stopSignal?.();
          const report = await filesReport(path, request, signal, (files) =>
            archive(files, directories, request, surroundings.stdout),
          );
          if (output !== '-') return { ...report, isSummary: true };
          return { ...report, stdout: '', stderr: report.stderr + report.stdout };
        });
      }),
};

async function archive(
  files: DiskFiles,
  typed: readonly string[],
  request: TarRequest,
  stdout: Surroundings['stdout'],
): Promise<Done> {
  const { output } = request;
  const paths = (typed.length === 0 ? ['/'] : typed).map((one) => pathMeant(one, request));
  for (const path of paths) await files.stat(path);
  const before = errorsOf(files);
  const archived =
    output === '-' ? await toStdout(files, paths, stdout) : await toFile(files, paths, output);
  const { findings, ...counts } = archived;
  const isIncomplete =
    findings.some(({ code }) => code === 'CONTENT_LOST') || errorsOf(files) > before;
  return { text: [summary(archived, output)], json: { output, ...counts }, findings, isIncomplete };
}

async function toStdout(
  files: DiskFiles,
  paths: readonly string[],
  stdout: Surroundings['stdout'],
): Promise<Archived> {
  if ('isTTY' in stdout && stdout.isTTY === true)
    throw new DescriptorError([diagnostic('EXPORT_TO_TERMINAL', { file: 'stdout' })]);
  await files.checkOutput(stdout);
  return writeTar(files, paths, (bytes) => send(stdout, bytes));
}

async function toFile(
  files: DiskFiles,
  paths: readonly string[],
  output: string,
): Promise<Archived> {
  await files.checkOutput(output);
  return withNewFile(output, false, async (file) => {
    return writeTar(files, paths, async (bytes) => {
      try {
        await file.writeFile(bytes);
      } catch (error) {
        throw unwritable(output, error);
      }
    });
  });
}

function summary({ entries, bytes, leftOut }: Archived, output: string): string {
  const where = output === '-' ? 'stdout' : output;
  const left = leftOut === 0 ? '' : `; ${counted(leftOut, 'socket')} left out, as tar does`;
  return `archived ${counted(entries, 'entry')} to ${printable(where)}: ${prettyBytes(bytes, { binary: true })}${left}`;
}
