import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import * as descriptor from '@ploop/descriptor';
import type { Rules } from '@ploop/descriptor/arguments';
import * as render from '@ploop/descriptor/render';
import * as runnerPackage from '@ploop/runner';
import { argumentFaults, descriptorXml, filesIn, testGuid } from '@ploop/test-kit';
import { afterAll, describe, expect, test } from 'vitest';

import { BLOCKING, READS } from '../src/arguments/disk.ts';
import { FUNCTIONS } from '../src/arguments/functions.ts';
import * as api from '../src/index.ts';
import { rows } from '../src/mutations/table.ts';
import { PLAN_RULES as PLANS } from '../src/plans/plans.ts';
import { imageBytes } from './header.ts';

const MUTATIONS = Object.fromEntries(rows.map(([name, { rules }]) => [name, rules]));

let started = 0;
const exec = Object.assign(
  (): Promise<runnerPackage.ExecOutcome> => {
    started += 1;
    const nothing = { text: '', droppedBytes: 0 };
    const spawnError = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    return Promise.resolve({
      cancelled: false,
      timedOut: false,
      spawnError,
      stdout: nothing,
      stderr: nothing,
    });
  },
  { isLocal: true },
);

/** Replaced as a whole: which of the methods of a runner a call needs is not looked at. */
class Instance {
  readonly isReplaceable = true;
}
const runner = Object.assign(
  new Instance(),
  api.createRunner({ exec, release: { from: '7.0.280', to: '7.0.280' } }),
);

const root = realpathSync(mkdtempSync(join(tmpdir(), 'ploop-arguments-')));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
const directory = join(root, 'disk');
mkdirSync(directory);
const nodes = [{}, { parent: 0 }, { parent: 1 }];
writeFileSync(join(directory, 'DiskDescriptor.xml'), descriptorXml(nodes));
for (const index of nodes.keys()) writeFileSync(join(directory, `d${String(index)}`), imageBytes());

/** A machine without devices. */
const roots = { sys: join(root, 'sys'), proc: join(root, 'proc'), dev: root, run: root };
mkdirSync(join(roots.sys, 'block', 'sda'), { recursive: true });
mkdirSync(join(roots.proc, 'self'), { recursive: true });
writeFileSync(join(roots.proc, 'self', 'mountinfo'), '');
const disk = await api.openDisk(directory, { runner, roots });

const { signal } = new AbortController();
const kernelOptions = { roots };
const confine = root;
const open = { runner, roots, confine, cache: true, assumeUnmounted: true };
const device = { roots, namespaces: 'own' } satisfies Required<api.ListDevicesOptions>;
const tool = { runner, signal } satisfies Required<api.UmountPlaceOptions>;
const volume = { ...open, signal } satisfies Required<api.VolumeOptions>;
const newPath = join(root, 'nowhere', 'root.hdd');
const copy = {
  ...volume,
  source: directory,
  target: join(root, 'copy'),
  image: newPath,
} satisfies Required<api.CopyVolumeOptions>;
const MIB = 2 ** 20;
const newDisk = {
  size: 64 * MIB,
  format: 'expanded',
  clusterSize: MIB,
  fileSystem: 'ext4',
  label: 'label',
  keyId: 'key',
} as const;

type Calls = Readonly<Record<string, readonly unknown[]>>;

/** A right call of each function of this package, with every option that it knows. */
const FUNCTION_CALLS: Calls = {
  cloneVolume: [copy],
  createDisk: [
    {
      ...open,
      ...newDisk,
      signal,
      path: newPath,
      version: 2,
      eager: true,
    } satisfies Required<api.CreateDiskOptions>,
  ],
  createVolume: [
    {
      ...volume,
      ...newDisk,
      directory: join(root, 'v'),
      image: newPath,
    } satisfies Required<api.CreateVolumeOptions>,
  ],
  deleteVolume: [directory, volume],
  deviceOfMountPoint: ['/mnt', device],
  deviceOfMountPointSync: ['/mnt', device],
  findDevice: ['/dev/ploop0', device],
  findDeviceSync: ['/dev/ploop0', device],
  listDevices: [device],
  listDevicesSync: [device],
  maxDiskSize: [2, MIB],
  openDisk: [directory, open satisfies Required<api.OpenDiskOptions>],
  openDiskSync: [directory, open],
  planCall: [
    (on: api.Runner) => api.umountDevice('/dev/ploop0', { runner: on }),
    { runner } satisfies Required<api.PlanCallOptions>,
  ],
  preflight: [{ runner, roots, confine, path: directory } satisfies Required<api.PreflightOptions>],
  readImageInfo: [
    directory,
    { ...kernelOptions, confine } satisfies Required<api.ReadImageInfoOptions>,
  ],
  readImageInfoSync: [directory, { ...kernelOptions, confine }],
  receiveCopy: [
    {
      ...tool,
      file: newPath,
      input: new PassThrough(),
      output: new PassThrough(),
    } satisfies Required<api.ReceiveCopyOptions>,
  ],
  restoreDescriptor: [
    {
      ...tool,
      confine,
      image: newPath,
      directory: join(root, 'nowhere'),
      raw: { clusterSize: descriptor.bytes(MIB) },
      alone: true,
    } satisfies Required<api.RestoreDescriptorOptions>,
  ],
  snapshotVolume: [copy],
  switchVolume: [
    { ...volume, from: directory, to: directory } satisfies Required<api.SwitchVolumeOptions>,
  ],
  umountDevice: ['/dev/ploop0', tool],
  umountPath: ['/mnt', tool],
  volumeTree: [directory, { ...tool, confine: directory }],
};

const EXEMPT = {
  generateGuid: 'takes nothing',
  parseImageFormat: 'returns undefined for what is not a format',
};

const allowed = { signal, allowLinked: true, allowRival: true };
const asked = { signal, ask: 'tool' } satisfies Required<api.AskOptions>;

/** {@link FUNCTION_CALLS} for the methods of a disk. */
const DISK_CALLS: Calls = {
  images: [testGuid(0)],
  imagesSync: [testGuid(0)],
  isMounted: [asked],
  mounts: [{ ...asked, namespaces: 'all' }],
  mountsSync: [{ namespaces: 'all' } satisfies Required<api.FindDevicesOptions>],
  fsInfo: [asked],
  watch: [{ signal, intervalMs: 1000 } satisfies Required<api.WatchOptions>],
  mount: [
    {
      ...allowed,
      target: root,
      readonly: true,
      fsck: true,
      guid: testGuid(0),
      data: 'data',
      component: 'name',
    } satisfies Required<api.MountOptions>,
  ],
  umount: [{ signal, component: 'name' } satisfies Required<api.UmountOptions>],
  resize: [64 * MIB, { ...allowed, offline: true } satisfies Required<api.ResizeOptions>],
  replace: [
    {
      ...allowed,
      target: { guid: testGuid(0) },
      file: newPath,
      keepName: true,
    } satisfies Required<api.ReplaceOptions>,
  ],
  snapshot: [
    {
      ...allowed,
      guid: testGuid(7),
      trackingGuid: testGuid(8),
    } satisfies Required<api.SnapshotOptions>,
  ],
  switchSnapshot: [
    testGuid(0),
    { ...allowed, keepOldTop: { guid: testGuid(7) }, reuseTarget: false },
  ],
  deleteSnapshot: [
    testGuid(1),
    { ...allowed, discardTop: true } satisfies Required<api.DeleteSnapshotOptions>,
  ],
  mergeSnapshot: [testGuid(1), allowed],
  convert: [{ version: 2 } satisfies api.ConvertTarget, allowed],
  check: [
    {
      ...allowed,
      guid: testGuid(0),
      force: true,
      duplicates: true,
      readonly: true,
      dropInUse: true,
    } satisfies Required<api.CheckDiskOptions>,
  ],
  encrypt: [
    {
      ...allowed,
      key: { id: 'key' },
      copyData: true,
      wipe: true,
    } satisfies Required<api.EncryptOptions>,
  ],
  temporarySnapshot: [
    {
      ...allowed,
      component: 'name',
      target: root,
      guid: testGuid(7),
    } satisfies Required<api.TemporarySnapshotOptions>,
  ],
  discardStats: [{ signal } satisfies Required<api.MutationOptions>],
  discard: [
    {
      ...allowed,
      automount: true,
      toFree: descriptor.bytes(MIB),
      smallest: descriptor.bytes(MIB),
      defragment: 'too',
      threshold: 5,
    } satisfies Required<api.DiscardOptions>,
  ],
  grow: [64 * MIB, allowed],
  setMaxDeltaSize: [MIB, { signal }],
  dropCbt: [allowed],
  dumpCbt: [{ signal, file: newPath } satisfies Required<api.DumpCbtOptions>],
  sendCopy: [{ signal, file: newPath, output: new PassThrough(), input: new PassThrough() }],
};

const released = (name: string): readonly unknown[] => {
  const args = DISK_CALLS[name] ?? [];
  const options: unknown = args.at(-1);
  return [...args.slice(0, -1), { ...(options as object), release: '1.15' }];
};
const PLAN_CALLS: Calls = Object.fromEntries(
  Object.entries(PLANS).map(([name, rules]) => [
    name,
    'release' in (rules['options']?.members ?? {}) ? released(name) : (DISK_CALLS[name] ?? []),
  ]),
);

const NO_ARGUMENTS = [
  'descriptor',
  'descriptorSync',
  'dirtyBitmaps',
  'fsInfoSync',
  'imageInfo',
  'imageInfoSync',
  'isMountedSync',
  'snapshots',
  'snapshotsSync',
  'topDelta',
  'topDeltaSync',
];

type AnyFunction = (...args: readonly unknown[]) => unknown;
const functionsOf = (owner: object): readonly (readonly [string, AnyFunction])[] =>
  Object.entries(owner).filter(
    (entry): entry is [string, AnyFunction] => typeof entry[1] === 'function',
  );

const isClass = (value: unknown): boolean => /^class\b/.test(String(value));
/** Tested where they are from. */
const passedOn = new Set<unknown>([
  ...Object.values(descriptor),
  ...Object.values(render),
  ...Object.values(runnerPackage),
]);
const own = functionsOf(api).filter(([, value]) => !passedOn.has(value) && !isClass(value));

test('every function of the package and every method of a disk has a row', () => {
  const functions = [...Object.keys(FUNCTION_CALLS), ...Object.keys(EXEMPT)];
  expect(functions.toSorted()).toEqual(own.map(([name]) => name).toSorted());
  const methods = [...Object.keys(DISK_CALLS), ...NO_ARGUMENTS];
  expect(methods.toSorted()).toEqual(
    functionsOf(disk)
      .map(([name]) => name)
      .toSorted(),
  );
  expect(Object.keys(PLAN_CALLS).toSorted()).toEqual(Object.keys(disk.plan).toSorted());
  const rules = Object.keys({ ...READS, ...BLOCKING, ...MUTATIONS });
  expect(rules.toSorted()).toEqual(Object.keys(DISK_CALLS).toSorted());
});

test('what takes nothing is given nothing', () => {
  for (const [name, method] of functionsOf(disk))
    if (NO_ARGUMENTS.includes(name)) expect(`${name} ${String(method.length)}`).toBe(`${name} 0`);
  for (const value of [null, 5, {}, Symbol('s')])
    expect(api.parseImageFormat(value as string)).toBeUndefined();
});

const TYPED = [descriptor.DescriptorError, runnerPackage.PloopError, api.ReadError];

/** `done`, the reason or the code of a typed error, or the untyped error. */
async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    await run();
    return 'done';
  } catch (error) {
    if (error instanceof runnerPackage.RefusedError) return error.reason;
    if (TYPED.some((type) => error instanceof type)) return (error as api.PloopError).code;
    return `untyped ${String(error)}`;
  }
}

const REFUSED: readonly string[] = ['OPTION_INVALID', 'GUID_INVALID'];

/** What is right as well: `true` in the place of a GUID. */
const isRight = (place: string, value: unknown): boolean =>
  place === '[1].keepOldTop' && value === true;

const hasRunner = (args: readonly unknown[]): boolean =>
  args.some(
    (arg) => typeof arg === 'object' && arg !== null && 'runner' in arg && arg.runner === runner,
  );

function suite(
  name: string,
  owner: object,
  calls: Calls,
  table: Readonly<Record<string, Rules>>,
): void {
  describe(name, () => {
    test.each(Object.entries(calls))('%s', async (method, args) => {
      const run = (owner as Readonly<Record<string, AnyFunction>>)[method];
      if (run === undefined) throw new Error(`there is no ${method}`);
      const faults = await argumentFaults({
        run,
        args,
        rules: table[method] ?? table[method.replace(/Sync$/, '')] ?? {},
        outcomeOf,
        refused: REFUSED,
        witness: () => [started, filesIn(root)],
        isRight,
        // The tool itself must not be run, and a function of the caller fails as it does.
        isSafe: (given, place, value) =>
          (hasRunner(given) || !hasRunner(args)) &&
          !(place === '[0]' && typeof value === 'function'),
      });
      expect(faults).toEqual([]);
    });
  });
}

suite('functions refuse wrong values', api, FUNCTION_CALLS, FUNCTIONS);
suite('a disk refuses wrong values', disk, DISK_CALLS, { ...READS, ...BLOCKING, ...MUTATIONS });
suite('plans refuse wrong values', disk.plan, PLAN_CALLS, PLANS);
