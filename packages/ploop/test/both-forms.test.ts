import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  deviceOfMountPoint,
  deviceOfMountPointSync,
  findDevice,
  findDeviceSync,
  listDevices,
  listDevicesSync,
  openDisk,
  openDiskSync,
  readImageInfo,
  readImageInfoSync,
  type Disk,
} from '../src/index.ts';
import {
  blockDeviceTree,
  kernel,
  mappedDeviceTree,
  mountinfo,
  type Kernel,
  type Tree,
} from './kernel-tree.ts';

const GARBAGE = fc.constantFrom('', '\n', 'x', '-1', '99999999999999999999', '\0', 'a\nb');
const NAMES = ['root.hdd', 'a b', 'ü', 'x (deleted)'];

/** What an image is, beside the one that was meant. */
const image = fc.oneof(
  { weight: 8, arbitrary: fc.constant<'sound'>('sound') },
  fc.constantFrom('missing', 'short', 'directory', 'linked', 'twice', 'marked', 'damaged'),
);
const place = fc.record({
  number: fc.constantFrom('182:1', '182:17', '253:3', '253:4', '8:1', '0:9'),
  root: fc.constantFrom('/', '/sub', '/a\\040b'),
  at: fc.constantFrom('mnt', 'm\\040nt', 'mnt/below', 'gone'),
  source: fc.constantFrom('/dev/ploop0p1', '/dev/mapper/ploop12345p1', 'none'),
});
const world = fc.record({
  shots: fc.array(fc.record({ parent: fc.nat(3), image }), { minLength: 1, maxLength: 4 }),
  name: fc.constantFrom(...NAMES),
  raw: fc.boolean(),
  statfs: fc.constantFrom('none', 'noted', 'short', 'old'),
  block: fc.option(
    fc.record({
      minor: fc.nat(2),
      levels: fc.integer({ min: 0, max: 4 }),
      cookie: fc.constantFrom('', '', 'backup', '~x'),
      partition: fc.boolean(),
      deleted: fc.boolean(),
      sectors: fc.constantFrom(4096, 131_072),
    }),
    { nil: undefined },
  ),
  mapped: fc.option(
    fc.record({
      minor: fc.integer({ min: 3, max: 4 }),
      name: fc.constantFrom('ploop12345', 'ploop12345p1', 'ploop-1', 'vg-home'),
      sectors: fc.constantFrom(4096, 131_072),
      component: fc.option(fc.constantFrom('x', 'a:b'), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  mounts: fc.array(place, { maxLength: 3 }),
  garbage: fc.option(
    fc.tuple(
      fc.constantFrom('dev', 'size', 'ro', 'pstate/block_size', 'pstate/fmt_version', 'dm/name'),
      GARBAGE,
    ),
    { nil: undefined },
  ),
  hidden: fc.constantFrom('nothing', 'nothing', 'nothing', 'sys', 'proc'),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

async function makeDisk({ shots, name, raw, statfs }: World, directory: string): Promise<string[]> {
  const nodes = shots.map(({ parent }, index) => ({
    file: index === 0 ? name : `${name}.${String(index)}`,
    ...(index > 0 && { parent: Math.min(parent, index - 1) }),
  }));
  const xml = descriptorXml(nodes, { size: '4096', blockSize: '64' });
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    raw ? xml.replaceAll('Compressed', 'Plain') : xml,
  );
  const files = nodes.map(({ file }) => join(directory, file));
  for (const [index, file] of files.entries()) {
    const what = shots[index]?.image ?? 'sound';
    const bytes = imageBytes({
      ...(what === 'marked' && { mark: 0x746f6e59 }),
      ...(what === 'damaged' && { blockSize: 64, firstBlock: 1 }),
    });
    if (what === 'missing') continue;
    if (what === 'directory') await mkdir(file);
    else if (what === 'linked') {
      await writeFile(`${file} real`, bytes);
      await symlink(`${file} real`, file);
    } else await writeFile(file, what === 'short' ? bytes.subarray(0, 100) : bytes);
    if (what === 'twice') await link(file, `${file} too`);
  }
  if (statfs !== 'none') {
    const noted = Buffer.alloc(statfs === 'short' ? 20 : 40);
    for (const [index, value] of [4096, 100, 50, 20, 10].entries())
      if (index * 8 + 8 <= noted.length) noted.writeBigUInt64LE(BigInt(value), index * 8);
    await writeFile(join(directory, '.statfs'), noted);
  }
  return files;
}

async function makeKernel(given: World, files: readonly string[], root: string): Promise<Kernel> {
  const { block, mapped, mounts, garbage, hidden } = given;
  const images = files
    .slice(0, block?.levels)
    .map((file) => (block?.deleted === true ? `${file} (deleted)` : file));
  const tree: Tree = {
    ...(block !== undefined && blockDeviceTree({ ...block, images })),
    ...(mapped !== undefined && mappedDeviceTree(mapped)),
    ...(mapped?.component !== undefined && {
      [`run/ploop/${mapped.name}:${mapped.component}`]: '',
    }),
    'proc/self/mountinfo': mountinfo(
      mounts.map(({ number, root: part, at, source }) => [number, part, `${root}/${at}`, source]),
    ),
  };
  const device = block === undefined ? 'dm-3' : `ploop${String(block.minor)}`;
  const machine = await kernel(
    garbage === undefined ? tree : { ...tree, [`sys/block/${device}/${garbage[0]}`]: garbage[1] },
  );
  if (hidden !== 'nothing') await rm(machine.roots[hidden], { recursive: true });
  return machine;
}

/** A value, or what an error says. */
async function answerOf(ask: () => unknown): Promise<unknown> {
  try {
    return steady(await ask());
  } catch (error) {
    const { name, code, message } = error as Error & { readonly code?: string };
    return { name, code, message };
  }
}

/** Without what changes from one moment to the next: the age, and what is free where this machine runs. */
function steady(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('ageMs' in value)) return value;
  const { ageMs, ...rest } = value;
  const isLive = 'source' in rest && rest.source === 'mount';
  return { ...rest, ...(isLive && { blocksFree: 0, inodesFree: 0 }), ageMs: typeof ageMs };
}

/** Every read that has two forms, as a pair. */
function readsOf(
  disk: Disk,
  { roots }: Kernel,
  path: string,
  root: string,
): Record<string, readonly [() => unknown, () => unknown]> {
  const all = { namespaces: 'all' as const };
  const mountPoint = join(root, 'mnt');
  return {
    descriptor: [disk.descriptor, disk.descriptorSync],
    topDelta: [disk.topDelta, disk.topDeltaSync],
    images: [() => disk.images(), () => disk.imagesSync()],
    snapshots: [disk.snapshots, disk.snapshotsSync],
    imageInfo: [disk.imageInfo, disk.imageInfoSync],
    isMounted: [() => disk.isMounted(), disk.isMountedSync],
    mounts: [() => disk.mounts(), () => disk.mountsSync()],
    mountsOfAll: [() => disk.mounts(all), () => disk.mountsSync(all)],
    fsInfo: [() => disk.fsInfo(), disk.fsInfoSync],
    listDevices: [() => listDevices({ roots }), () => listDevicesSync({ roots })],
    deviceOfMountPoint: [
      () => deviceOfMountPoint(mountPoint, { roots }),
      () => deviceOfMountPointSync(mountPoint, { roots }),
    ],
    findDevice: [
      () => findDevice('/dev/ploop0p1', { roots }),
      () => findDeviceSync('/dev/ploop0p1', { roots }),
    ],
    readImageInfo: [() => readImageInfo(path, { roots }), () => readImageInfoSync(path, { roots })],
    readOfImage: [
      () => readImageInfo(join(path, 'root.hdd'), { roots }),
      () => readImageInfoSync(join(path, 'root.hdd'), { roots }),
    ],
  };
}

test('both forms of every read give one answer, whatever the disk and the machine', async () => {
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const root = await temporaryDirectory();
      const directory = join(root, 'disk');
      for (const name of ['disk', 'mnt', 'm nt']) await mkdir(join(root, name));
      const machine = await makeKernel(given, await makeDisk(given, directory), root);
      const { roots } = machine;
      for (const cache of [true, false]) {
        const disk = await openDisk(directory, { roots, cache });
        const other = openDiskSync(directory, { roots, cache });
        for (const [name, [later]] of Object.entries(readsOf(disk, machine, directory, root))) {
          const now = readsOf(other, machine, directory, root)[name]?.[1] ?? fail;
          const answer = await answerOf(later);
          expect([name, await answerOf(now)]).toEqual([name, answer]);
          // What is remembered is the same.
          expect([name, await answerOf(later)]).toEqual([name, answer]);
          expect([name, await answerOf(now)]).toEqual([name, answer]);
          const { code = 'answered' } = (answer ?? {}) as { readonly code?: string };
          outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
        }
      }
    }),
    sample('both forms', 6),
  );
  console.log('answers:', Object.fromEntries(outcomes));
  expect(outcomes.get('answered')).toBeGreaterThan(0);
});

function fail(): never {
  throw new TypeError('a read has one form alone');
}
