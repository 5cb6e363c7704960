import { escapedName } from '@ploop/contents';
import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { DiskFile, DiskFiles } from '@ploop/offline';

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
import { noted } from '../views/file-list.ts';
import { filesReport, type Done } from '../views/files-report.ts';

/** JSON is put together in memory. */
const MOST_JSON_BYTES = 2 ** 26;

/** `ploop-inspect cat`: the content of files. */
export const cat: InspectCommand = {
  examples: [
    ['cat root.hdd /etc/hostname', 'a file as it is now'],
    ['cat root.hdd /var/www/shop.db --snapshot 22222222 > shop.db', 'a database of last Tuesday'],
  ],
  seeAlso: ['ls', 'cp', 'tar'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .argument('<file...>', 'each file to print; symlinks are followed within the disk')
      .addOption(snapshotOption)
      .addOption(partitionOption)
      .addOption(escapedOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, named, options) => {
        const request = filesRequestOf(options);
        const { stdout } = surroundings;
        return run(() =>
          filesReport(path, request, undefined, (files) => print(files, named, request, stdout)),
        );
      }),
};

/** Prints each file. A file that cannot be read is reported, and the next one is printed. */
async function print(
  files: DiskFiles,
  named: readonly string[],
  request: FilesRequest,
  stdout: Surroundings['stdout'],
): Promise<Done> {
  const paths = named.map((typed) => pathMeant(typed, request));
  await files.checkOutput(stdout);
  const findings: Diagnostic[] = [];
  const printed: object[] = [];
  let left = MOST_JSON_BYTES;
  let isIncomplete = false;
  for (const path of paths)
    try {
      const file = await files.open(path);
      if (!request.isJson) {
        for await (const chunk of file.createReadStream()) await send(stdout, chunk as Uint8Array);
        continue;
      }
      left -= file.size;
      if (left < 0) throw tooLarge(path);
      printed.push({
        path,
        escaped: escapedName(path),
        size: file.size,
        ...(await base64Of(file)),
      });
    } catch (error) {
      noted(error, (finding) => findings.push(finding));
      isIncomplete = true;
    }
  return { json: { files: printed }, findings, isIncomplete };
}

async function base64Of(file: DiskFile): Promise<object> {
  const content = await file.read(0, file.size);
  return { base64: Buffer.from(content).toString('base64') };
}

function tooLarge(value: string): DescriptorError {
  const expected = 'files of at most 64 MiB in all; leave --json out for larger ones';
  return new DescriptorError([
    diagnostic('OPTION_INVALID', { option: 'the file with --json', value, expected }),
  ]);
}
