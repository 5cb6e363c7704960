import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { parseDescriptor, serializeDescriptor } from '@ploop/descriptor';
import { planSnapshot } from '@ploop/descriptor/plan';
import { qemuChain } from '@ploop/image';
import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { backupSet } from '../src/backup/backup-set.ts';
import { checkDisk } from '../src/check/check-disk.ts';
import { identifySnapshot } from '../src/disk/identify-snapshot.ts';
import { exportSnapshot } from '../src/export/export-snapshot.ts';
import { diffSnapshots } from '../src/snapshot/diff-snapshots.ts';
import { openSnapshot, type Snapshot } from '../src/snapshot/open-snapshot.ts';

const ENGINE = '{a7ba5a17-3d3f-4b6a-9a5c-0a6a0ab04e5c}';
const NIL = '{00000000-0000-0000-0000-000000000000}';
const encryption = (content: string): string => `<Encryption>${content}</Encryption>`;
const desktop = (engine: string): string =>
  encryption(`<Engine>${engine}</Engine><Data>q83vEg==</Data><Salt></Salt>`);
const CODE = 'CONTENT_ENCRYPTED';

const xmlWith = (element: string): string =>
  descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '128' }).replace(
    '<Cylinders>',
    `${element}<Cylinders>`,
  );

/** A disk of two clusters, which begins with `content`. */
async function disk(element: string, content: Uint8Array = Buffer.alloc(0)): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), xmlWith(element));
  const base = imageBytes({ clusters: 2 }, [1]);
  base.set(content, 32_768);
  await writeFile(join(directory, 'd0'), base);
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: 2 }, [0, 1]));
  return directory;
}

/** The header of LUKS, as cryptsetup writes it at byte 0 of either version. */
function luksHeader(version: number): Buffer {
  const header = Buffer.alloc(512);
  header.write('LUKS\xBA\xBE', 'latin1');
  header.writeUInt16BE(version, 6);
  header.write('3f1b9a60-6f4f-4b70-9d5f-3d9a5a0f1c11', 168);
  return header;
}

test.each<readonly [element: string, data: object]>([
  [desktop(ENGINE), { engine: ENGINE }],
  [encryption(`<Engine>${ENGINE}</Engine>`), { engine: ENGINE }],
  [encryption('<Engine>some engine</Engine>'), { engine: 'some engine' }],
  [encryption('<KeyId>main</KeyId>'), { keyId: 'main' }],
  [encryption(`<KeyId>main</KeyId><Engine>${ENGINE}</Engine>`), { engine: ENGINE, keyId: 'main' }],
])('content that is encrypted is named, and returned on demand only: %s', async (element, data) => {
  const directory = await disk(element);
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ code: CODE, severity: 'warning', data }),
  );

  const snapshot = await openSnapshot(directory);
  expect(snapshot).toMatchObject({
    size: 65_536,
    ciphertext: false,
    diagnostics: [{ code: CODE }],
  });
  const ways: readonly ((from: Snapshot) => unknown)[] = [
    (from) => from.read(0, 1),
    (from) => from.readInto(new Uint8Array(1), 0),
    async (from) => buffer(from.createReadStream()),
    async (from) => buffer(from.createWebStream()),
    (from) => from.hash(),
    (from) => exportSnapshot(from, join(directory, 'out')),
    (from) => exportSnapshot(from, join(directory, 'out'), { ciphertext: false }),
  ];
  for (const way of ways)
    await expect(Promise.resolve(snapshot).then(way)).rejects.toMatchObject({ code: CODE });
  await expect(readFile(join(directory, 'out'))).rejects.toMatchObject({ code: 'ENOENT' });
  await exportSnapshot(snapshot, join(directory, 'out'), { ciphertext: true });

  const asked = await openSnapshot(directory, undefined, { ciphertext: true });
  const stored = Buffer.from(await asked.read(0, asked.size));
  expect(stored[0]).toBe(1);
  expect(stored.equals(await readFile(join(directory, 'out')))).toBe(true);
  expect(stored.equals(await buffer(asked.createReadStream()))).toBe(true);
  expect(stored.equals(await buffer(asked.createWebStream()))).toBe(true);
  expect(await asked.hash()).toMatch(/^[0-9a-f]{64}$/);
  await exportSnapshot(asked, join(directory, 'out'), { overwrite: true });
  await asked.close();

  expect(qemuChain(snapshot).diagnostics).toMatchObject([{ code: CODE }]);
  const base = await openSnapshot(directory, testGuid(0));
  const changed = [];
  for await (const range of diffSnapshots(base, snapshot)) changed.push(range.start);
  expect(changed).toEqual([32_768]);
  await base.close();
  await snapshot.close();
  const set = await backupSet(directory, testGuid(0));
  expect(parseDescriptor(set.descriptor).diagnostics).toContainEqual(
    expect.objectContaining({ code: CODE, data }),
  );
  expect((await identifySnapshot(directory)).diagnostics).toMatchObject([{ code: CODE }]);
});

test.each(['', encryption(''), desktop(NIL), desktop(''), desktop(` ${NIL.toUpperCase()}\n`)])(
  'without an engine or a key nothing is encrypted: %o',
  async (element) => {
    const directory = await disk(element);
    const { diagnostics } = await checkDisk(directory);
    expect(diagnostics.map(({ code }) => code)).not.toContain(CODE);
    const snapshot = await openSnapshot(directory);
    expect(snapshot.diagnostics).toEqual([]);
    expect((await snapshot.read(0, 1))[0]).toBe(1);
    await snapshot.close();
  },
);

test.each([1, 2])('LUKS of version %i that the guest made is information', async (version) => {
  const directory = await disk('', luksHeader(version));
  const uuid = '3f1b9a60-6f4f-4b70-9d5f-3d9a5a0f1c11';
  expect(await identifySnapshot(directory)).toMatchObject({
    luks: [{ version, uuid, start: 0 }],
    fileSystems: [],
    diagnostics: [{ code: 'LUKS_FOUND', severity: 'info', data: { version, uuid, start: 0 } }],
  });
  const snapshot = await openSnapshot(directory);
  expect((await snapshot.read(0, 4)).at(0)).toBe('L'.charCodeAt(0));
  await snapshot.close();
});

test.each([0, 3, 0x0100])('a header of LUKS version %i is unknown', async (version) => {
  expect(await identifySnapshot(await disk('', luksHeader(version)))).not.toHaveProperty('luks');
});

test('content with a key is named beside its LUKS header', async () => {
  const directory = await disk(encryption('<KeyId>k</KeyId>'), luksHeader(1));
  const { diagnostics } = await identifySnapshot(directory);
  expect(diagnostics.map(({ code }) => code)).toEqual([CODE, 'LUKS_FOUND']);
});

test('what an engine needs is kept by us and dropped by the tool, so that plans refuse it', () => {
  const { descriptor, diagnostics } = parseDescriptor(xmlWith(desktop(ENGINE)));
  expect(diagnostics.map(({ code }) => code)).toContain('DROPPED_BY_TOOL');
  if (descriptor === undefined) throw new Error('no descriptor');
  const kept = { engine: ENGINE, data: 'q83vEg==' };
  expect(descriptor.desktopEncryption).toEqual(kept);
  expect(parseDescriptor(serializeDescriptor(descriptor)).descriptor).toEqual(descriptor);
  for (const release of ['1.12', '1.15', '7', '9'] as const)
    expect(planSnapshot(descriptor, { guid: testGuid(9) }, { release }).refusals).toMatchObject([
      { code: 'ENCRYPTION_LOST' },
    ]);
});
