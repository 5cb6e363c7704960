import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { hasQemu, qemuImg, qemuIo } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { exportTree } from '../../src/export/tree/export-tree.ts';
import { makeSource, sourceSpec } from './random-source.ts';

const CLUSTER = 32_768;

/** Milliseconds: programs that write to a busy disk take their time. */
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

async function sameInQemu(model: string, image: string): Promise<void> {
  await qemuImg('check', '-f', 'qcow2', image);
  const said = await qemuImg('compare', '-f', 'raw', '-F', 'qcow2', model, image);
  expect(said).toBe('Images are identical.\n');
}

test.runIf(hasQemu)(
  'each snapshot of random disks is what QEMU reads of its image and the backing files',
  async () => {
    const root = await temporaryDirectory();
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(sourceSpec, fc.boolean(), async (spec, threads) => {
        const place = await mkdtemp(join(root, 'disk '));
        const { path, states } = await makeSource(spec, join(place, 'source'));
        const tree = join(place, 'tree');
        const { snapshots } = await exportTree(path, tree, { threads, verify: true, sync: false });
        for (const { guid, model } of states) {
          const found = snapshots.find((one) => (guid === undefined ? one.top : one.guid === guid));
          await sameInQemu(model, join(tree, found?.file ?? ''));
          compared += 1;
        }
        for (const { file, backing } of snapshots) {
          const info: unknown = JSON.parse(
            await qemuImg('info', '--output=json', join(tree, file)),
          );
          const named = { 'backing-filename': backing, 'backing-filename-format': 'qcow2' };
          expect(info).toMatchObject(backing === undefined ? {} : named);
        }
        await rm(place, { recursive: true });
      }),
      { ...sample('trees', 3), endOnFailure: true },
    );
    console.info(`trees: ${String(compared)} snapshots compared with QEMU`);
  },
  PATIENCE,
);

/** Two branches on one base: the second one is the top. */
async function disk(): Promise<{ root: string; path: string }> {
  const root = await temporaryDirectory();
  const path = join(root, 'root.hdd');
  await mkdir(path);
  for (const [index, bat] of [[1, 2, 0, 0], [0, 1, 2, 0], [1]].entries())
    await writeFile(join(path, `d${String(index)}`), imageBytes({ clusters: 4 }, bat, 2));
  await writeFile(
    join(path, 'DiskDescriptor.xml'),
    descriptorXml([{}, { parent: 0 }, { parent: 0 }], { blockSize: '64', size: '256' }),
  );
  return { root, path };
}

test('libvirt gets the snapshots that others are based on', async () => {
  const { root, path } = await disk();
  const tree = join(root, "a'b");
  const { snapshots, documents } = await exportTree(path, tree, { hash: true });
  const [base, branch, top] = snapshots;
  expect(base).not.toHaveProperty('backing');
  expect(branch).toMatchObject({ guid: testGuid(1), backing: base?.file });
  expect(top).toMatchObject({ backing: base?.file, top: true });
  expect(documents).toEqual([`1-${testGuid(0).slice(1, -1)}.xml`]);
  expect((await readdir(tree)).sort()).toEqual(
    [...snapshots.map(({ file }) => file), ...documents].sort(),
  );
  const text = await readFile(join(tree, documents[0] ?? ''), 'utf8');
  expect(text).toContain(`<name>${testGuid(0).slice(1, -1)}</name>`);
  expect(text).toContain(`/a&#39;b/${top?.file ?? ''}'/>`);
  expect(await readdir(root)).toEqual(["a'b", 'root.hdd']);
});

test('a tree is there in whole or not at all', async () => {
  const { root, path } = await disk();
  const tree = join(root, 'tree');
  const stop = new AbortController();
  await expect(
    exportTree(path, tree, {
      signal: stop.signal,
      progress: ({ index }) => {
        if (index === 1) stop.abort(new Error('enough'));
      },
    }),
  ).rejects.toThrow('enough');
  await rm(join(path, 'd2'));
  await expect(exportTree(path, tree)).rejects.toMatchObject({ code: 'DELTA_MISSING' });
  expect(await readdir(root)).toEqual(['root.hdd']);
  await mkdir(tree);
  await expect(exportTree(path, tree)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
});

test('what a killed export has left is removed, and nothing else', async () => {
  const { root, path } = await disk();
  const [tree, part] = [join(root, 'tree'), join(root, 'tree.part')];
  await mkdir(part);
  await writeFile(join(part, `${testGuid(0).slice(1, -1)}.qcow2.part`), 'half');
  await writeFile(join(part, 'notes'), 'precious');
  await expect(exportTree(path, tree)).rejects.toMatchObject({ code: 'EXPORT_PART_FOREIGN' });
  await rm(join(part, 'notes'));
  await exportTree(path, tree);
  expect((await readdir(root)).sort()).toEqual(['root.hdd', 'tree']);
});

test('what is lost in a snapshot does not show its parent', async () => {
  const { root, path } = await disk();
  const image = await readFile(join(path, 'd2'));
  image.writeUInt32LE(2 ** 20, 64);
  await writeFile(join(path, 'd2'), image);
  const tree = join(root, 'tree');
  await expect(exportTree(path, tree)).rejects.toMatchObject({ code: 'CLUSTER_BEYOND_END' });
  const { snapshots } = await exportTree(path, tree, { salvage: true });
  const top = snapshots.find((one) => one.top);
  expect(top).toMatchObject({
    lostBytes: CLUSTER,
    lostFile: join(tree, `${top?.file ?? ''}.lost.json`),
  });
  if (!hasQemu) return;
  const raw = join(root, 'raw');
  await qemuImg('convert', '-O', 'raw', join(tree, top?.file ?? ''), raw);
  const bytes = await readFile(raw);
  expect(bytes.subarray(0, CLUSTER).every((byte) => byte === 0)).toBe(true);
  expect(bytes.subarray(CLUSTER, 2 * CLUSTER).some((byte) => byte !== 0)).toBe(true);
});

test.runIf(hasQemu)('snapshots inside an image become images of their own', async () => {
  const root = await temporaryDirectory();
  const image = join(root, 'disk.qcow2');
  await qemuImg('create', '-q', '-f', 'qcow2', image, '1M');
  const models: string[] = [];
  for (const [index, name] of ['first', 'second', 'now'].entries()) {
    await qemuIo(image, [`write -P ${String(index + 1)} ${String(index * 65_536)} 64k`], 'qcow2');
    const model = join(root, name);
    await qemuImg('convert', '-O', 'raw', image, model);
    models.push(model);
    if (name !== 'now') await qemuImg('snapshot', '-c', name, image);
  }
  const tree = join(root, 'tree');
  const { snapshots } = await exportTree(image, tree);
  const files = ['inside-1.qcow2', 'inside-2.qcow2', snapshots[0]?.file ?? ''];
  for (const [index, model] of models.entries())
    await sameInQemu(model, join(tree, files[index] ?? ''));
  expect(snapshots.map(({ inside }) => inside)).toEqual([undefined, '1', '2']);
});
