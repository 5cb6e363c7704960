import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';

import { InvalidArgumentError } from '@commander-js/extra-typings';
import { DescriptorError, diagnostic, serializeDescriptor } from '@ploop/descriptor';
import { recoverDisk, type RecoveredDisk } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import { containerAround } from '../input/container.ts';
import { jsonOption } from '../input/path.ts';
import { reported, type Answer } from '../output/answer.ts';
import { withNewFile } from '../output/new-file.ts';
import { recoveryJson, recoveryLines } from '../views/recovery.ts';

const DESCRIPTOR = 'DiskDescriptor.xml';

/** `ploop-inspect recover`: the descriptor that a disk has lost. */
export const recover: InspectCommand = {
  examples: [
    ['recover root.hdd', 'what the snapshots were, with the evidence for each'],
    ['recover root.hdd --write 1', 'write the first one, if the directory has no descriptor'],
  ],
  seeAlso: ['check', 'tree', 'export'],
  define: (command, run) =>
    command
      .argument('<dir>', 'the directory that holds the images')
      .option(
        '--write <number>',
        `write a candidate to ${DESCRIPTOR}, or to ${DESCRIPTOR}.recovered if there is a descriptor`,
        candidateNumber,
      )
      .addOption(jsonOption)
      .action((directory, options) =>
        run(() => reported(directory, options, () => recovered(directory, options.write))),
      ),
};

function candidateNumber(text: string): number {
  if (!/^[1-9]\d?$/.test(text))
    throw new InvalidArgumentError('expected the number of a candidate');
  return Number(text);
}

async function recovered(directory: string, chosen: number | undefined): Promise<Answer> {
  const real = await realpath(directory).catch(() => directory);
  const container = await containerAround(real, {});
  const found = await recoverDisk(directory, { list: container?.snapshots ?? [] });
  const { candidates, isAmbiguous } = found;
  if (candidates.length === 0) {
    const missing = { directory: found.directory, images: [], disks: [], empty: true } as const;
    return {
      findings: [diagnostic('DESCRIPTOR_MISSING', missing)],
      json: { path: found.directory, accepted: false, ...recoveryJson(found) },
    };
  }
  const file = chosen === undefined ? undefined : await written(found, chosen);
  return {
    findings: [],
    text: [...recoveryLines(found), ...(file === undefined ? [] : ['', `written to ${file}`])],
    json: {
      ...{ path: found.directory, accepted: false, ...recoveryJson(found) },
      ...(file !== undefined && { file }),
    },
    isFailed: file === undefined && (isAmbiguous || found.unreadable.length > 0),
  };
}

async function written({ directory, candidates }: RecoveredDisk, chosen: number): Promise<string> {
  const candidate = candidates[chosen - 1];
  if (candidate === undefined) {
    const expected = `a number from 1 to ${String(candidates.length)}`;
    throw new DescriptorError([
      diagnostic('OPTION_INVALID', { option: '--write', value: String(chosen), expected }),
    ]);
  }
  const place = join(directory, DESCRIPTOR);
  const file = (await isThere(place)) ? `${place}.recovered` : place;
  await withNewFile(file, false, async (handle) => {
    await handle.writeFile(serializeDescriptor(candidate.descriptor));
    await handle.sync();
  });
  return file;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
