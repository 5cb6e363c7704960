import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createRunner, DescriptorError, openDisk, RefusedError, type Disk } from '../src/index.ts';
import { imageBytes } from './header.ts';

/** A call of each method that runs the tool. */
const calls: Readonly<Record<string, (disk: Disk) => Promise<unknown>>> = {
  mount: (disk) => disk.mount({ readonly: true }),
  resize: (disk) => disk.resize(2 ** 30),
  replace: (disk) => disk.replace({ target: { level: 0 }, file: '/x', keepName: true }),
  snapshot: (disk) => disk.snapshot(),
  switchSnapshot: (disk) => disk.switchSnapshot(testGuid(0)),
  deleteSnapshot: (disk) => disk.deleteSnapshot(testGuid(0)),
  mergeSnapshot: (disk) => disk.mergeSnapshot(),
  convert: (disk) => disk.convert({ version: 2 }),
  check: (disk) => disk.check(),
  encrypt: (disk) => disk.encrypt({ key: { id: 'key' } }),
  temporarySnapshot: (disk) => disk.temporarySnapshot({ component: 'x' }),
  discard: (disk) => disk.discard(),
  grow: (disk) => disk.grow(2 ** 30),
  setMaxDeltaSize: (disk) => disk.setMaxDeltaSize(2 ** 26),
  dropCbt: (disk) => disk.dropCbt(),
  dumpCbt: (disk) => disk.dumpCbt({ file: '/x.cbt' }),
  sendCopy: (disk) => disk.sendCopy({ file: '/x.sent' }),
};

const XML = descriptorXml([{}, { parent: 0 }]);

/** The descriptor of a split disk, of which the tool would say the same as of a damaged one. */
function splitXml(): string {
  const [storage = ''] = /<Storage>[^]*<\/Storage>/.exec(XML) ?? [];
  const part = (start: number, end: number, prefix: string): string =>
    storage
      .replace('<Storage>', `<Storage><Start>${String(start)}</Start><End>${String(end)}</End>`)
      .replaceAll('<File>', `<File>${prefix}`);
  return XML.replace(storage, part(0, 102_400, '') + part(102_400, 204_800, 'b'));
}

/** A disk that was opened before its descriptor became that of a split one; a split one cannot be opened. */
async function splitDisk(): Promise<{ readonly disk: Disk; readonly runs: () => number }> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'DiskDescriptor.xml');
  await writeFile(path, XML);
  for (const name of ['d0', 'd1', 'bd0', 'bd1'])
    await writeFile(join(directory, name), imageBytes());
  let runs = 0;
  const runner = createRunner({
    release: { from: '1.15', to: '1.15' },
    exec: () => {
      runs += 1;
      throw new Error('the tool was started');
    },
  });
  const disk = await openDisk(directory, { runner, assumeUnmounted: true });
  await writeFile(path, splitXml());
  await expect(openDisk(directory, { runner })).rejects.toMatchObject({ code: 'STORAGE_SPLIT' });
  return { disk, runs: () => runs };
}

test.each(Object.entries(calls))('%s does not start the tool on a split disk', async (_, call) => {
  const { disk, runs } = await splitDisk();
  const error: unknown = await call(disk).catch((failure: unknown) => failure);
  expect(error).toSatisfy(
    (one) =>
      one instanceof RefusedError ||
      (one instanceof DescriptorError && one.code === 'STORAGE_SPLIT'),
  );
  expect(runs()).toBe(0);
});

test.each(['descriptor', 'images', 'snapshots', 'topDelta', 'imageInfo', 'fsInfo'] as const)(
  '%s does not take the first part of a split disk for the disk',
  async (read) => {
    const { disk } = await splitDisk();
    await expect(disk[read]()).rejects.toMatchObject({ code: 'STORAGE_SPLIT' });
  },
);
