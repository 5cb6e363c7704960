import { execFile } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { serializeDescriptor, type DiskDescriptor } from '@ploop/descriptor';
import { createImage } from '@ploop/image';
import {
  createRunner,
  type Exec,
  type ExecOutcome,
  type Runner,
  type Version,
} from '@ploop/runner';

const ended = (exitCode: number, text = ''): ExecOutcome => ({
  exitCode,
  cancelled: false,
  timedOut: false,
  stdout: { text, droppedBytes: 0 },
  stderr: { text: '', droppedBytes: 0 },
});

/** What the tool exits with here when it is started to change something. */
export const STARTED = 99;

/** A disk in files: empty images with headers that fit, the bare base as long as the disk. */
export async function putDisk(directory: string, descriptor: DiskDescriptor): Promise<void> {
  await mkdir(directory, { recursive: true });
  const { size, blockSize, mode, images, shots } = descriptor;
  const { header, fileBytes } = createImage({ version: 2, size, blockSize });
  for (const [index, { file }] of images.entries()) {
    const isBare = mode === 'raw' && shots[index]?.parentGuid.startsWith('{00000000') === true;
    await writeFile(join(directory, file), isBare ? '' : header);
    await truncate(join(directory, file), isBare ? size * 512 : fileBytes);
  }
  await writeFile(join(directory, 'DiskDescriptor.xml'), serializeDescriptor(descriptor));
}

/** A tool of one release that answers questions about the disk, and changes nothing. */
export function toolFor(directory: string, descriptor: DiskDescriptor, release: Version): Runner {
  const { shots, images, topGuid, size, blockSize, mode } = descriptor;
  const rows = shots.map(({ guid, parentGuid }, index) => {
    const mark = guid === topGuid ? '*' : ' ';
    return `${guid} ${parentGuid} ${mark} ${join(directory, images[index]?.file ?? '')}\n`;
  });
  const exec: Exec = async ({ file, argv }) => {
    if (file === 'flock') return ended(127);
    if (file !== 'ploop')
      return promisify(execFile)(file, argv).then(
        ({ stdout }) => ended(0, stdout),
        () => ended(1),
      );
    const [, subcommand = ''] = argv;
    switch (subcommand) {
      case 'list':
        return ended(0);
      case 'snapshot-list':
        return ended(0, rows.join(''));
      case 'info':
        return ended(
          0,
          `size:\t\t${String(size)}\nblocksize:\t${String(blockSize)}\nfmt_version:\t${mode === 'raw' ? '0' : '2'}\n`,
        );
      default:
        return ended(STARTED);
    }
  };
  return createRunner({
    binary: 'ploop',
    exec: Object.assign(exec, { isLocal: true }),
    release: { from: release, to: release },
  });
}
