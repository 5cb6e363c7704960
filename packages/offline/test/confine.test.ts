import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, sep } from 'node:path';

import type { ConfineOptions } from '@ploop/descriptor/node';
import {
  contentOf,
  escaped,
  ESCAPES,
  linkedBackup,
  SECRET,
  testGuid,
  watchOpens,
  type Place,
} from '@ploop/test-kit';
import { afterAll, expect, test } from 'vitest';

import type { BackupSet, Snapshot } from '../src/index.ts';
import { PIECES } from './pieces.ts';

const opens = watchOpens();
afterAll(opens.stop);
// What is imported from here on is watched.
const { DescriptorError } = await import('@ploop/descriptor');
const { runAsync, runSync } = await import('@ploop/descriptor/internal');
const api = {
  ...(await import('@ploop/descriptor/node')),
  ...(await import('@ploop/descriptor/node/internal')),
  ...(await import('../src/index.ts')),
  ...(await import('../src/internal.ts')),
};
type Name = keyof typeof api;
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

interface Call extends Place {
  readonly options: ConfineOptions;
  readonly set: BackupSet;
  /** Where its files lie, that of the other disk as a symlink. */
  readonly backup: string;
}

interface Row {
  readonly call: (call: Call) => unknown;
  /** Which ways out it takes; all of them by default. */
  readonly follows?: readonly string[];
}

const named = ({ own, base }: Place) => ({
  guid: testGuid(0),
  file: join(base.startsWith(sep) ? '' : own, base),
  directory: own,
});
const IMAGES = ['an absolute name', 'a name with ..', 'a symlink', 'a symlinked directory'];
const VOLUMES = ['a parent volume'];

async function withSnapshot<Result>(
  { own, options }: Call,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const snapshot = await api.openSnapshot(own, undefined, options);
  try {
    return await work(snapshot);
  } finally {
    await snapshot.close();
  }
}
async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const within = ({ own, options }: Call) => runSync(api.confinementOf(own, options));

/** Every function that follows what a descriptor or a directory says. */
const ROWS: Readonly<Partial<Record<Name, Row>>> = {
  backupSet: {
    call: ({ own, options }) => api.backupSet(own, TOP, { top: true, ...options }),
  },
  checkDisk: { call: ({ own, options }) => api.checkDisk(own, { deep: true, ...options }) },
  checkFiles: {
    call: async ({ own, options }) => {
      const loaded = await api.loadVolumes(own, options);
      return [loaded.diagnostics, await api.checkFiles(loaded, options)];
    },
  },
  describeNamedImage: {
    call: (call) => api.describeNamedImage(named(call), within(call)),
    follows: IMAGES,
  },
  diffSnapshots: {
    call: (call) =>
      withSnapshot(call, (one) =>
        withSnapshot(call, (other) => all(api.diffSnapshots(one, other))),
      ),
  },
  compactSpace: { call: ({ own, options }) => api.compactSpace(own, options) },
  diskSpace: { call: ({ own, options }) => api.diskSpace(own, options) },
  exportSnapshot: {
    call: (call) =>
      withSnapshot(call, async (snapshot) => {
        await api.exportSnapshot(snapshot, join(call.out, 'disk.raw'));
        return snapshot.read(0, 64);
      }),
  },
  exportTree: {
    call: async (call) => {
      const { own, out, options } = call;
      const tree = join(out, randomUUID());
      await api.exportTree(own, tree, options);
      return withSnapshot(call, (snapshot) => snapshot.read(0, 64));
    },
  },
  serveNbd: {
    call: (call) =>
      withSnapshot(call, async (snapshot) => {
        const address = { socket: join(call.out, 'nbd.sock') };
        await (await api.serveNbd(snapshot, { address })).close();
        return snapshot.read(0, 64);
      }),
  },
  snapshotLosses: {
    call: (call) => withSnapshot(call, (snapshot) => api.snapshotLosses(snapshot)),
  },
  findDisks: {
    call: async ({ own, options }) => {
      const findings: unknown[] = [];
      const onError = (finding: unknown): unknown => findings.push(finding);
      const found = api.findDisks(own, { ...options, followSymlinks: true, onError });
      return [await all(found), findings];
    },
    follows: ['a symlinked directory'],
  },
  findOutside: {
    call: ({ own, options }) => api.findOutside(own, options),
    // It looks for symlinks beside the images.
    follows: ['an absolute name', 'a name with ..', 'a symlinked directory', ...VOLUMES],
  },
  leadsOutside: {
    call: (call) => runSync(api.leadsOutside(named(call).file, within(call))),
    follows: [],
  },
  loadVolumes: { call: ({ own, options }) => api.loadVolumes(own, options), follows: VOLUMES },
  loadVolumesSync: {
    call: ({ own, options }) => api.loadVolumesSync(own, options),
    follows: VOLUMES,
  },
  namedHeaderFileAt: {
    call: (call) => runSync(api.namedHeaderFileAt(named(call), within(call))),
    follows: IMAGES,
  },
  openFiles: {
    call: ({ own, options }) =>
      api.openFiles(own, options).catch((error: unknown) => {
        // The disks have none.
        if (error instanceof DescriptorError && error.code === 'FILE_SYSTEM_MISSING') return [];
        throw error;
      }),
  },
  openNamed: {
    call: (call) => {
      const { fd } = runSync(api.openNamed(named(call), within(call)));
      runSync(api.closeFile(fd));
    },
    follows: IMAGES,
  },
  openSnapshot: { call: (call) => withSnapshot(call, (snapshot) => snapshot.read(0, 64)) },
  openWithin: {
    call: (call) => {
      const file = runSync(api.openWithin(named(call).file, within(call)));
      if (file !== undefined) runSync(api.closeFile(file.fd));
    },
    follows: IMAGES,
  },
  identifySnapshot: { call: ({ own, options }) => api.identifySnapshot(own, undefined, options) },
  identifySnapshotSync: {
    call: ({ own, options }) => api.identifySnapshotSync(own, undefined, options),
  },
  restoreBackup: {
    call: ({ backup, set, options }) =>
      api.restoreBackup(backup, set, { ...options, overwrite: true }),
  },
  snapshotContent: {
    call: ({ own, options }) => runSync(api.snapshotContent(own, undefined, options)),
  },
  snapshotFiles: {
    call: ({ own, options }) => api.snapshotFiles(own, undefined, options),
    follows: VOLUMES,
  },
  stepFindings: {
    call: async ({ own, base, options }) => {
      const { descriptor, graph } = await api.loadDescriptor(own);
      if (descriptor === undefined || graph === undefined) throw new Error('there is no model');
      const disk = { directory: own, descriptor, graph };
      return api.stepFindings(disk, [{ step: 'merge', file: 'd1', into: base }], options);
    },
    follows: IMAGES,
  },
  verifyBackup: { call: ({ backup, set, options }) => api.verifyBackup(backup, set, options) },
  volumesAt: {
    call: ({ own, options }) => runAsync(api.volumesAt(own, options)),
    follows: VOLUMES,
  },
};

/** Functions that open nothing, or only what their caller names. */
const OTHERS: readonly Name[] = [
  ...PIECES,
  'DESCRIPTOR_NAME',
  'closeFile',
  'confinementOf',
  'copyFault',
  'describeImageFile',
  'descriptionAt',
  'descriptorAt',
  'deviceNumber',
  'entryName',
  'findLinksOutside',
  'foreignFileAt',
  'foreignFileFindings',
  'headerFileAt',
  'incremental',
  'loadDescriptor',
  'loadDescriptorOrImage',
  'loadDescriptorSync',
  'locateDescriptor',
  'openImageFile',
  'openImageTarget',
  'parseBackupSet',
  'placeNew',
  'recoverDisk',
  'readStart',
  'readable',
  'realPath',
  'sameIdentity',
  'saveDescriptor',
  'saveDescriptorSync',
  'startOfOpen',
  'status',
  'syncPlace',
  'writeNewImage',
];

test('every function is known to follow names or not to', () => {
  expect([...Object.keys(ROWS), ...OTHERS].sort()).toEqual(Object.keys(api).sort());
});

/** All that a call says, bytes as text. */
async function reportOf(work: () => unknown): Promise<string> {
  const plain = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Error)
      return {
        message: value.message,
        cause: String(value.cause),
        ...Object.fromEntries(Object.entries(value)),
      };
    return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
  };
  try {
    return JSON.stringify([await work()], plain);
  } catch (error) {
    return JSON.stringify(['thrown', error], plain);
  }
}

test.each(Object.entries(ESCAPES))(
  '%s: nothing follows it without permission',
  async (name, escape) => {
    const place = await escaped(escape);
    const { root, own, other, out } = place;
    const set = await api.backupSet(own, TOP, { top: true, confine: false });
    const backup = await linkedBackup(place, set.files);
    const [before, mine] = [await contentOf(other), await contentOf(own)];
    const theirs = (): readonly string[] =>
      opens.taken().filter((path) => path === other || path.startsWith(`${other}${sep}`));

    for (const [row, { call, follows = Object.keys(ESCAPES) }] of Object.entries(ROWS)) {
      const run = (options: ConfineOptions): Promise<string> =>
        reportOf(() => call({ ...place, set, backup, options }));
      opens.taken();
      const refused = await run({});
      expect([row, theirs()]).toEqual([row, []]);
      expect(refused).not.toContain(SECRET);
      expect(refused).not.toContain(join(other, 'DiskDescriptor.xml'));
      for (const confine of [root, false] as const) {
        await rm(join(out, 'disk.raw'), { force: true });
        const allowed = await run({ confine });
        const isFollowed = theirs().length > 0;
        if (confine === root) expect([row, isFollowed]).toEqual([row, follows.includes(name)]);
        expect(allowed).not.toMatch(/^\["thrown"|(?:DELTA|VOLUME|LINK)_OUTSIDE/);
      }
      // That one returns nothing, and its caller says why.
      const isSaid = /(?:DELTA|VOLUME|LINK)_OUTSIDE/.test(refused) || row === 'openWithin';
      if (follows.includes(name)) expect([row, isSaid]).toEqual([row, true]);
    }
    expect(await contentOf(other)).toEqual(before);
    expect(await contentOf(own)).toEqual(mine);
  },
);
