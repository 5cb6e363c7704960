import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { bytes, NIL_GUID, parseGuid, TOP_GUID } from '@ploop/descriptor';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import {
  commands,
  createRunner,
  localExec,
  OutcomeError,
  type Exec,
  type ExecOutcome,
  type Runner,
} from '../src/index.ts';

const FIRST = parseGuid('{11111111-1111-4111-8111-111111111111}') ?? NIL_GUID;
const SECOND = parseGuid('{22222222-2222-4222-8222-222222222222}') ?? NIL_GUID;
const THIRD = parseGuid('{33333333-3333-4333-8333-333333333333}') ?? NIL_GUID;
const RELEASE = { from: '1.15', to: '1.15' } as const;

/** A descriptor of shots, base first, each on the one before; the last is the top. */
function xmlOf(guids: readonly string[]): string {
  const images = guids.map(
    (guid) =>
      `<Image><GUID>${guid}</GUID><Type>Compressed</Type><File>root.hdd.${guid}</File></Image>`,
  );
  const shots = guids.map(
    (guid, index) =>
      `<Shot><GUID>${guid}</GUID><ParentGUID>${guids[index - 1] ?? NIL_GUID}</ParentGUID></Shot>`,
  );
  return `<?xml version="1.0"?><Parallels_disk_image><Disk_Parameters><Disk_size>32768</Disk_size><Cylinders>32</Cylinders><Heads>16</Heads><Sectors>64</Sectors><Padding>0</Padding></Disk_Parameters><StorageData><Storage><Start>0</Start><End>32768</End><Blocksize>2048</Blocksize>${images.join('')}</Storage></StorageData><Snapshots><TopGUID>${guids.at(-1) ?? ''}</TopGUID>${shots.join('')}</Snapshots></Parallels_disk_image>`;
}

const done = (stdout = '', exitCode = 0): ExecOutcome => ({
  exitCode,
  cancelled: false,
  timedOut: false,
  stdout: { text: stdout, droppedBytes: 0 },
  stderr: { text: '', droppedBytes: 0 },
});

/** A tool that exits with 0 for everything, and does what a test says. */
function pretending(
  guids: readonly string[],
  run: () => Promise<string> | string,
  { isLocal = true, others }: { isLocal?: boolean; others?: Exec } = {},
): Runner {
  const rows = guids.map((guid, index) => {
    const mark = index === guids.length - 1 ? '*' : ' ';
    return `${guid} ${guids[index - 1] ?? NIL_GUID} ${mark} /p/root.hdd.${guid}\n`;
  });
  const exec: Exec = Object.assign(
    async (request: Parameters<Exec>[0]): Promise<ExecOutcome> => {
      const { file, argv } = request;
      if (file !== 'ploop') return others?.(request) ?? done('', 127);
      if (argv.includes('list')) return done();
      if (argv.includes('snapshot-list')) return done(rows.join(''));
      return done(await run());
    },
    { isLocal },
  );
  return createRunner({ binary: 'ploop', exec, release: RELEASE });
}

const SHOTS = [FIRST, SECOND, TOP_GUID];

async function diskOf(guids: readonly string[] = SHOTS): Promise<string> {
  const descriptor = join(await temporaryDirectory(), 'DiskDescriptor.xml');
  await writeFile(descriptor, xmlOf(guids));
  return descriptor;
}

test('an exit code of 0 without an effect says what was expected and what is there', async () => {
  const descriptor = await diskOf();
  const failure = pretending(SHOTS, () => 'merged\n').snapshotMerge({ descriptor });
  await expect(failure).rejects.toBeInstanceOf(OutcomeError);
  await expect(failure).rejects.toMatchObject({
    code: 'OUTCOME',
    expected: `${SECOND} merged into ${TOP_GUID}`,
    found: `it has ${FIRST}, ${SECOND}, ${TOP_GUID} (top)`,
    stdout: 'merged\n',
    hint: expect.stringContaining('ploop-inspect show') as unknown,
  });
});

test('a merge of all that ends after one level fails', async () => {
  const descriptor = await diskOf();
  const one = pretending(SHOTS, async () => {
    await writeFile(descriptor, xmlOf([FIRST, TOP_GUID]));
    return '';
  });
  await expect(one.snapshotMerge({ descriptor, all: true })).rejects.toMatchObject({
    found: `it has ${FIRST}, ${TOP_GUID} (top)`,
  });
});

const changes: Readonly<Record<string, (runner: Runner, descriptor: string) => Promise<unknown>>> =
  {
    snapshot: (runner, descriptor) =>
      runner.snapshot({
        descriptor,
        guid: THIRD,
      }),
    switch: (runner, descriptor) => runner.snapshotSwitch({ descriptor, guid: FIRST }),
    delete: (runner, descriptor) => runner.snapshotDelete({ descriptor, guid: SECOND }),
    convert: (runner, descriptor) => runner.convert({ descriptor, format: 'preallocated' }),
    encrypt: (runner, descriptor) =>
      runner.run(
        { ...commands.encrypt, options: {}, releases: [{ since: '1' }] },
        { descriptor, key: { id: 'k' } },
      ),
  };

test.each(Object.keys(changes))('%s that does nothing fails', async (name) => {
  const guids = name === 'convert' ? [TOP_GUID] : SHOTS;
  const descriptor = await diskOf(guids);
  const before = await readFile(descriptor, 'utf8');
  await expect(
    changes[name]?.(
      pretending(guids, () => ''),
      descriptor,
    ),
  ).rejects.toMatchObject({
    code: 'OUTCOME',
  });
  expect(await readFile(descriptor, 'utf8')).toBe(before);
});

test('a run after which the descriptor is gone, or broken, fails', async () => {
  const gone = await diskOf();
  const removing = pretending(SHOTS, async () => {
    await rm(gone);
    return '';
  });
  await expect(removing.snapshotMerge({ descriptor: gone })).rejects.toMatchObject({
    found: 'its descriptor is missing',
  });
  const broken = await diskOf();
  const breaking = pretending(SHOTS, async () => {
    await writeFile(broken, xmlOf([FIRST]).replace(`<TopGUID>${FIRST}</TopGUID>`, ''));
    return '';
  });
  await expect(breaking.snapshotMerge({ descriptor: broken })).rejects.toMatchObject({
    found: 'its descriptor is invalid',
  });
});

test('what another program did to the disk right after the run is not a failure of it', async () => {
  const descriptor = await diskOf();
  const overtaken = pretending(SHOTS, async () => {
    // A new top was made on FIRST, and removed by others.
    await writeFile(descriptor, xmlOf([FIRST]));
    return `Storing ${descriptor}.tmp\nCreating delta ${descriptor}.gone bs=2048 size=32768 sectors v1\n`;
  });
  const input = { descriptor, guid: FIRST };
  expect(await overtaken.complete(commands.snapshotSwitch, input)).toMatchObject({
    verified: true,
  });
});

test.each([true, false])(
  'a FIFO in the place of a descriptor is not waited for: local %s',
  async (isLocal) => {
    const descriptor = join(await temporaryDirectory(), 'DiskDescriptor.xml');
    execFileSync('mkfifo', [descriptor]);
    const runner = pretending(SHOTS, () => '', { isLocal, others: localExec });
    const { verified } = await runner.complete(commands.snapshotMerge, { descriptor });
    expect(verified).toBe(false);
  },
);

test('where the descriptor cannot be read the result says so', async () => {
  const descriptor = await diskOf();
  const blind = pretending(SHOTS, () => '', { isLocal: false });
  const completed = await blind.complete(commands.snapshotMerge, { descriptor });
  expect(completed).toMatchObject({ verified: false });
  const reading = await blind.complete(commands.snapshotList, { descriptor });
  expect(reading.verified).toBeUndefined();
});

test('a new disk has the size and the key that were asked for', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'root.hdd');
  const input = { path, size: bytes(2 ** 24), fileSystem: 'none' } as const;
  await expect(pretending([], () => '').init(input)).rejects.toMatchObject({
    code: 'OUTCOME',
    found: 'it is missing',
  });
  const small = pretending([], async () => {
    const xml = xmlOf([TOP_GUID]).replace(`root.hdd.${TOP_GUID}`, 'root.hdd');
    await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
    return '';
  });
  await expect(small.init({ ...input, size: bytes(2 ** 25) })).rejects.toMatchObject({
    expected: `${String(2 ** 25)} bytes`,
    found: `it has ${String(2 ** 24)}`,
  });
});
