import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg, qemuIo } from '@ploop/test-kit/qemu';
import { describe, expect, test } from 'vitest';

import {
  backupSet,
  checkDisk,
  exportSnapshot,
  identifySnapshot,
  loadDescriptorOrImage,
  openSnapshot,
} from '../../src/index.ts';
import { originOf } from '../../src/export/export-state.ts';

const GUIDS = ['{5fbaabe3-6958-40ff-92a7-860e329aab41}', '{5fbaabe3-cafe-b03a-4a4a-4a0e329aab01}'];

/** A bare base, a qcow2 image over it with a snapshot inside and compressed clusters, and what both read as. */
async function chain(): Promise<{ readonly directory: string; readonly top: string }> {
  const directory = await temporaryDirectory();
  const base = join(directory, 'base.raw');
  const top = join(directory, 'top.qcow2');
  await qemuImg('create', '-q', '-f', 'raw', base, '1M');
  await qemuIo(base, ['write -P 1 0 512k'], 'raw');
  const options = 'backing_file=base.raw,backing_fmt=raw';
  await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, top, '2M');
  await qemuIo(top, ['write -P 2 64k 10k', 'write -c -P 3 1M 64k'], 'qcow2');
  await qemuImg('snapshot', '-c', 'before', top);
  await qemuIo(top, ['write -P 4 64k 64k', 'write -z 0 64k'], 'qcow2');
  return { directory, top };
}

async function byQemu(top: string, ...chosen: readonly string[]): Promise<Buffer> {
  const raw = `${top}.out`;
  await qemuImg('convert', '-f', 'qcow2', ...chosen, '-O', 'raw', top, raw);
  return readFile(raw);
}

describe.skipIf(!hasQemu)('a qcow2 image without a descriptor', () => {
  test('is a disk whose backing files are snapshots', async () => {
    const { top } = await chain();
    const loaded = await loadDescriptorOrImage(top);
    expect(loaded.descriptor?.images.map(({ guid }) => guid)).toEqual(GUIDS);
    expect(loaded.diagnostics).toMatchObject([
      { code: 'IMAGE_ALONE', data: { file: top, format: 'qcow2', sectors: 4096 } },
    ]);
    expect(loaded).toMatchObject({ alone: { snapshots: [{ id: '1', name: 'before' }] } });
  });

  test('is that of its directory if it is called root.hdd', async () => {
    const { directory, top } = await chain();
    await rename(top, join(directory, 'root.hdd'));
    await using snapshot = await openSnapshot(directory);
    expect(snapshot.images.map(({ path }) => basename(path))).toEqual(['base.raw', 'root.hdd']);
  });

  test('is read, whole and by its snapshots', async () => {
    const { directory, top } = await chain();
    for (const [guid, chosen] of [
      [undefined, []],
      ['1', ['-l', 'snapshot.id=1']],
      ['before', ['-l', 'snapshot.id=1']],
    ] as const) {
      await using snapshot = await openSnapshot(top, guid);
      const expected = await byQemu(top, ...chosen);
      expect(Buffer.from(await snapshot.read(0, snapshot.size)).equals(expected)).toBe(true);
      const target = join(directory, `out ${guid ?? 'top'}`);
      await exportSnapshot(snapshot, target, { verify: true });
      expect((await readFile(target)).equals(expected)).toBe(true);
    }
    await expect(backupSet(top, GUIDS[1] ?? '', { top: true })).rejects.toMatchObject({
      code: 'IMAGE_UNSUPPORTED',
    });
    await using base = await openSnapshot(top, GUIDS[0]);
    expect(base.size).toBe(2 ** 20);
  });

  test('is not taken for its other states by an export that goes on', async () => {
    const { top } = await chain();
    await using current = await openSnapshot(top);
    await using before = await openSnapshot(top, '1');
    expect(before.inside).toBe('1');
    const how = { sparse: true, size: current.size };
    expect(originOf(before, how)).not.toEqual(originOf(current, how));
  });

  test('is checked', async () => {
    const { top } = await chain();
    const { diagnostics } = await checkDisk(top, { deep: true });
    expect(diagnostics.map(({ code }) => code)).toEqual(['IMAGE_ALONE']);
  });

  test('shows what is on it', async () => {
    const directory = await temporaryDirectory();
    const raw = join(directory, 'fs.raw');
    await qemuImg('create', '-q', '-f', 'raw', raw, '8M');
    execFileSync('mke2fs', ['-q', '-F', '-L', 'inside', raw]);
    const image = join(directory, 'fs.qcow2');
    await qemuImg('convert', '-c', '-O', 'qcow2', '-f', 'raw', raw, image);
    for (const path of [raw, image]) {
      const content = await identifySnapshot(path);
      expect(JSON.stringify(content)).toContain('inside');
    }
    await using bare = await openSnapshot(raw);
    expect(Buffer.from(await bare.read(0, bare.size)).equals(await readFile(raw))).toBe(true);
  });

  test('leads nowhere outside of its directory, and to no protocol', async () => {
    const { directory, top } = await chain();
    const inner = join(directory, 'inner');
    await mkdir(inner);
    const moved = join(inner, 'top.qcow2');
    await rename(top, moved);
    await qemuImg('rebase', '-u', '-F', 'raw', '-b', '../base.raw', moved);
    await expect(openSnapshot(moved)).rejects.toMatchObject({ code: 'DELTA_OUTSIDE' });
    await using open = await openSnapshot(moved, undefined, { confine: directory });
    expect(open.size).toBe(2 ** 21);
    await qemuImg('rebase', '-u', '-F', 'raw', '-b', 'nbd://localhost/x', moved);
    await expect(openSnapshot(moved)).rejects.toMatchObject({ code: 'IMAGE_UNSUPPORTED' });
    await qemuImg('rebase', '-u', '-F', 'qcow2', '-b', moved, moved);
    await expect(openSnapshot(moved)).rejects.toMatchObject({ code: 'IMAGE_UNSUPPORTED' });
  });

  test('has its data in a file beside it', async () => {
    const directory = await temporaryDirectory();
    const [image, data] = [join(directory, 'a.qcow2'), join(directory, 'a.data')];
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${data}`, image, '1M');
    await qemuIo(image, ['write -P 9 64k 64k'], 'qcow2');
    const expected = await byQemu(image);
    await using snapshot = await openSnapshot(image);
    const target = join(directory, 'out');
    await exportSnapshot(snapshot, target);
    expect((await readFile(target)).equals(expected)).toBe(true);
    await writeFile(data, 'other');
    await expect(snapshot.checkUnchanged()).rejects.toMatchObject({ code: 'IMAGE_CHANGED' });
  });
});
