import { appendFile, copyFile, mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { diskSpace } from '../space/disk-space.ts';
import { MOST_OPEN } from './image-set.ts';
import { identifySnapshotSync } from './identify-snapshot.ts';

const CLUSTER = 32768;
/** Reading all of it in order closes the base again. */
const IMAGES = MOST_OPEN + 8;

/** A chain of images, each with one cluster. */
async function longDisk(directory?: string): Promise<string> {
  const made = directory ?? (await temporaryDirectory('ploop long '));
  const nodes = Array.from({ length: IMAGES }, (_, index) =>
    index === 0 ? {} : { parent: index - 1 },
  );
  const size = String(64 * IMAGES);
  await writeFile(
    join(made, 'DiskDescriptor.xml'),
    descriptorXml(nodes, { blockSize: '64', size }),
  );
  for (let index = 0; index < IMAGES; index += 1)
    await writeFile(join(made, `d${String(index)}`), image(index));
  return made;
}

function image(index: number): Uint8Array {
  const bat = Array.from({ length: IMAGES }, (_, cluster) => (cluster === index ? 1 : 0));
  return imageBytes({ clusters: IMAGES }, bat, 1).fill(index, CLUSTER);
}

const firstOf = async (snapshot: Snapshot, cluster: number): Promise<number | undefined> =>
  (await snapshot.read(cluster * CLUSTER, 1))[0];

/** Reads every cluster: the images that are read last are those that stay open. */
async function readAll(snapshot: Snapshot, clusters = IMAGES): Promise<void> {
  for (let cluster = 0; cluster < clusters; cluster += 1)
    expect(await firstOf(snapshot, cluster)).toBe(cluster);
}

const replacements: Record<string, (file: string) => Promise<unknown>> = {
  'another file of the same content': async (file) => {
    await copyFile(file, `${file}.new`);
    await rename(`${file}.new`, file);
  },
  'a file that was written to': (file) => writeFile(file, image(1)),
  'no file': (file) => unlink(file),
};

test.each(Object.entries(replacements))(
  'an image that is opened again must be the same file: %s',
  async (_name, replace) => {
    const directory = await longDisk();
    await using snapshot = await openSnapshot(directory);
    await readAll(snapshot);
    await replace(join(directory, 'd0'));
    await expect(firstOf(snapshot, 0)).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
    await expect(snapshot.checkUnchanged()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
    expect(await firstOf(snapshot, IMAGES - 1)).toBe(IMAGES - 1);
  },
);

test('an image that is opened again must not lead outside', async () => {
  const outer = await temporaryDirectory('ploop outer ');
  await mkdir(join(outer, 'disk'));
  const directory = await longDisk(join(outer, 'disk'));
  for (const confine of [undefined, outer]) {
    await using snapshot = await openSnapshot(directory, undefined, { confine });
    await readAll(snapshot);
    const file = join(directory, 'd0');
    // The same inode, so that nothing but its place speaks against it.
    await rename(file, join(outer, 'd0'));
    await symlink('../d0', file);
    const code = confine === undefined ? 'DELTA_OUTSIDE' : 'IMAGE_CHANGED';
    await expect(firstOf(snapshot, 0)).rejects.toMatchObject({ code });
    await rename(join(outer, 'd0'), file);
  }
});

test('the top may grow while it is read, other images may not', async () => {
  const directory = await longDisk();
  await using snapshot = await openSnapshot(directory);
  const top = IMAGES - 1;
  await readAll(snapshot);
  await readAll(snapshot, top);
  await appendFile(join(directory, `d${String(top)}`), new Uint8Array(CLUSTER));
  expect(await firstOf(snapshot, top)).toBe(top);
  await expect(snapshot.checkUnchanged()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });

  await using older = await openSnapshot(directory, testGuid(top - 1));
  await readAll(older, top);
  await appendFile(join(directory, 'd0'), new Uint8Array(CLUSTER));
  await expect(firstOf(older, 0)).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
});

test.each([2, IMAGES])('closing a snapshot of %i images waits for reads', async (images) => {
  const directory = await longDisk();
  const snapshot = await openSnapshot(directory, testGuid(images - 2));
  await firstOf(snapshot, 0);
  const read = async (): Promise<unknown> =>
    snapshot.layers[0]?.source.readAt(new Uint8Array(CLUSTER), CLUSTER);
  const reads = Array.from({ length: 20 }, read);
  const closing = snapshot.close();
  expect(await Promise.all(reads)).toEqual(reads.map(() => CLUSTER));
  await closing;
  await snapshot.close();
  await expect(snapshot.read(0, 1)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    message: expect.stringContaining('it has been closed') as string,
  });
});

test('a file that is missing in a long chain is found before anything is read', async () => {
  const directory = await longDisk();
  await unlink(join(directory, 'd5'));
  await expect(openSnapshot(directory)).rejects.toMatchObject({ code: 'DELTA_MISSING' });
  expect(() => identifySnapshotSync(directory)).toThrow('no such file');
  const { diagnostics, images } = await diskSpace(directory);
  expect(diagnostics.map(({ code }) => code)).toContain('DELTA_MISSING');
  expect(images).toHaveLength(IMAGES - 1);
});

test('reads of a long chain end with their signal, and closing does not wait for ever', async () => {
  const snapshot = await openSnapshot(await longDisk());
  const stop = new AbortController();
  const hashing = snapshot.hash({ signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(hashing).rejects.toThrow('enough');
  await snapshot.close();
});
