import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sectors } from '@ploop/descriptor';
import { createImage } from '@ploop/image';
import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, ExitCode, localExec, type Exec, type Runner } from '../src/index.ts';

const CLUSTER = 64 * 512;
const MAGIC = Buffer.from('87eadc23ef4c23ab', 'hex');

/** A tool that shows no bitmap, and says so with an exit code. */
function showing(exitCode: number, { isLocal = true, others = localExec } = {}): Runner {
  const exec: Exec = (request) =>
    request.file === 'ploop'
      ? Promise.resolve({
          exitCode,
          cancelled: false,
          timedOut: false,
          stdout: { text: '', droppedBytes: 0 },
          stderr: { text: '', droppedBytes: 0 },
        })
      : others(request);
  const release = { from: '7.0.31', to: '9.0.30' } as const;
  return createRunner({ binary: 'ploop', release, exec: Object.assign(exec, { isLocal }) });
}

/** A disk whose top has a header that names a cluster of the file, in which there is something. */
async function diskWith(
  cluster: number,
  content?: Buffer,
): Promise<{ descriptor: string; image: string }> {
  const directory = await temporaryDirectory();
  const descriptor = join(directory, 'DiskDescriptor.xml');
  const image = join(directory, 'root.hdd');
  const made = createImage({ version: 2, size: sectors(64 * 16), blockSize: sectors(64) });
  const header = Buffer.from(made.header);
  header.writeUInt32LE(0x312e_3276, 44);
  header.writeBigUInt64LE(BigInt(cluster * 64), 56);
  await writeFile(
    descriptor,
    descriptorXml([{ file: 'root.hdd' }], { blockSize: '64', size: '1024' }),
  );
  await writeFile(image, header);
  await truncate(image, made.fileBytes);
  if (content !== undefined) {
    const whole = Buffer.alloc(CLUSTER);
    content.copy(whole);
    await writeFile(
      image,
      Buffer.concat([header, Buffer.alloc(cluster * CLUSTER - header.length), whole]),
    );
  }
  return { descriptor, image };
}

const NOTHING = Buffer.alloc(8);

test.each([
  ['beyond the end of the file', ExitCode.READ, undefined],
  ['where there is something else', ExitCode.PLOOPFMT, NOTHING],
] as const)('a bitmap %s is none', async (_where, exitCode, content) => {
  const { descriptor, image } = await diskWith(3, content);
  for (const input of [{ descriptor }, { image }, { descriptor, image }])
    for (const isLocal of [true, false])
      expect(await showing(exitCode, { isLocal }).cbtShow(input)).toBeUndefined();
});

test.each([
  ['is there', ExitCode.PLOOPFMT, 3, MAGIC],
  ['is there, of which a part cannot be read', ExitCode.READ, 3, MAGIC],
  ['is not named', ExitCode.READ, 0, undefined],
  ['is none for another reason', ExitCode.OPEN, 3, undefined],
] as const)('a bitmap that %s stays a failure', async (_why, exitCode, cluster, content) => {
  const { descriptor } = await diskWith(cluster, content);
  await expect(showing(exitCode).cbtShow({ descriptor })).rejects.toMatchObject({ exitCode });
});

test('an image that cannot be looked at, or is none, stays a failure', async () => {
  const { descriptor, image } = await diskWith(3);
  const others: Exec = () => Promise.reject(new Error('not there'));
  const blind: Exec = (request) =>
    request.file === 'od' ? localExec({ ...request, file: 'false', argv: [] }) : localExec(request);
  const failure = { exitCode: ExitCode.READ };
  await expect(showing(6, { others: blind }).cbtShow({ descriptor })).rejects.toMatchObject(
    failure,
  );
  await expect(showing(6, { others }).cbtShow({ descriptor })).rejects.toThrow();
  await writeFile(image, Buffer.alloc(200, 7));
  await expect(showing(6).cbtShow({ descriptor })).rejects.toMatchObject(failure);
  await writeFile(image, Buffer.alloc(20, 7));
  await expect(showing(6).cbtShow({ descriptor })).rejects.toMatchObject(failure);
});
