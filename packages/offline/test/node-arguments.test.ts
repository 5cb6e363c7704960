import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DescriptorError, sectors, type ParseOptions } from '@ploop/descriptor';
import type { Rules } from '@ploop/descriptor/arguments';
import { NODE, runAsync, type Steps } from '@ploop/descriptor/internal';
import * as files from '@ploop/descriptor/node';
import * as fileSteps from '@ploop/descriptor/node/internal';
import { createImage } from '@ploop/image';
import { argumentFaults, descriptorXml, filesIn, testGuid } from '@ploop/test-kit';
import { afterAll, expect, test } from 'vitest';

import { OFFLINE } from '../src/arguments.ts';
import * as offline from '../src/index.ts';
import * as offlineSteps from '../src/internal.ts';
import { PIECES } from './pieces.ts';

const node = { ...files, ...fileSteps, ...offline, ...offlineSteps };
const root = realpathSync(mkdtempSync(join(tmpdir(), 'ploop-arguments-')));
afterAll(() => {
  rmSync(root, { recursive: true, force: false });
});
const image = createImage({ version: 2, size: sectors(2048), blockSize: sectors(64) });
const NODES = [{}, { parent: 0 }, { parent: 1 }];

async function diskIn(name: string): Promise<string> {
  const directory = join(root, name);
  mkdirSync(directory);
  const xml = descriptorXml(NODES, { size: '2048', blockSize: '64' });
  writeFileSync(join(directory, 'DiskDescriptor.xml'), xml);
  for (const index of NODES.keys())
    await node.writeNewImage(join(directory, `d${String(index)}`), image);
  return directory;
}

const disk = await diskIn('disk');
const other = await diskIn('other');
const d0 = join(disk, 'd0');
writeFileSync(join(root, 'new'), '');

/** What the library returned itself is replaced as a whole. */
class Returned {
  readonly isReturned = true;
}
const returned = (value: object): object => Object.assign(new Returned(), value);

const { signal } = new AbortController();
const confine = root;
const snapshot = returned(await node.openSnapshot(disk));
const loaded = returned(await node.loadDescriptor(disk));
const saved = returned(await node.loadDescriptor(other));
const set = await node.backupSet(disk, testGuid(0), { hash: true });
const named = { guid: testGuid(0), file: d0, directory: disk };
const within = { within: root };
const parse = { maxBytes: 100_000, release: '1.15' } satisfies Required<ParseOptions>;
const snapshotOptions = { confine, release: '1.15' } satisfies Required<offline.SnapshotOptions>;
const ofSnapshot = [disk, testGuid(0), snapshotOptions];
const volumes = [
  disk,
  { ...parse, release: '9', confine } satisfies Required<offline.LoadVolumesOptions>,
];
const xml = descriptorXml(NODES, { size: '2048', blockSize: '64' });

/** A right call of each exported function, with every option that it knows. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  backupSet: [
    disk,
    testGuid(0),
    {
      ...{ ...snapshotOptions, signal, hash: true, top: true, damaged: true },
    } satisfies Required<offline.BackupOptions>,
  ],
  checkDisk: [disk, { confine, signal, deep: true } satisfies Required<offline.CheckDiskOptions>],
  checkFiles: [loaded, { confine, signal } satisfies Required<offline.CheckFilesOptions>],
  confinementOf: [disk, { confine: false }],
  describeImageFile: [d0],
  describeNamedImage: [named, within],
  descriptionAt: [d0],
  descriptorAt: [disk, parse],
  deviceNumber: [5n],
  diffSnapshots: [snapshot, snapshot, { signal }],
  compactSpace: [disk, { confine, signal } satisfies Required<offline.CompactSpaceOptions>],
  diskSpace: [
    disk,
    { confine, signal, release: '1.15' } satisfies Required<offline.DiskSpaceOptions>,
  ],
  exportSnapshot: [
    snapshot,
    join(root, 'exported.vmdk'),
    {
      format: 'vmdk',
      subformat: 'streamOptimized',
      compress: true,
      sparse: true,
      hash: true,
      verify: true,
      overwrite: true,
      sync: true,
      threads: false,
      salvage: true,
      progress: () => undefined,
      signal,
      ciphertext: true,
    } satisfies Required<offline.ExportOptions>,
  ],
  exportTree: [
    disk,
    join(root, 'tree'),
    {
      ...{ ...snapshotOptions, signal, sparse: true, hash: true, verify: true },
      ...{ sync: true, threads: false, salvage: true, ciphertext: true },
      progress: () => undefined,
    } satisfies Required<offline.TreeOptions>,
  ],
  findDisks: [
    root,
    {
      confine,
      signal,
      maxDepth: 5,
      followSymlinks: true,
      oneFileSystem: true,
      onError: () => undefined,
    } satisfies Required<files.FindOptions>,
  ],
  findLinksOutside: [disk, d0, { confine }],
  findOutside: [disk, { confine }],
  copyFault: [d0, d0],
  foreignFileAt: [d0],
  foreignFileFindings: [d0],
  headerFileAt: [d0],
  incremental: [set, set],
  leadsOutside: [d0, within],
  loadDescriptor: [disk, parse],
  loadDescriptorOrImage: [disk],
  loadDescriptorSync: [disk, parse],
  loadVolumes: volumes,
  loadVolumesSync: volumes,
  locateDescriptor: [disk],
  namedHeaderFileAt: [named, within],
  openFiles: [
    disk,
    {
      ...snapshotOptions,
      signal,
      snapshot: testGuid(0),
      partition: 1,
      replay: true,
    } satisfies Required<offline.OpenFilesOptions>,
  ],
  openImageFile: [d0],
  openImageTarget: [d0],
  openNamed: [named, within],
  openSnapshot: [
    disk,
    testGuid(0),
    { ...snapshotOptions, ciphertext: true } satisfies Required<offline.OpenSnapshotOptions>,
  ],
  openWithin: [d0, within],
  parseBackupSet: [JSON.stringify(set)],
  identifySnapshot: ofSnapshot,
  identifySnapshotSync: ofSnapshot,
  placeNew: [join(root, 'new'), join(root, 'placed')],
  recoverDisk: [disk, { list: [] } satisfies Required<offline.RecoverOptions>],
  restoreBackup: [
    disk,
    set,
    {
      ...{ confine, signal, overwrite: true, damaged: true },
    } satisfies Required<offline.RestoreOptions>,
  ],
  saveDescriptor: [saved, xml, { ...parse, force: false }],
  saveDescriptorSync: [saved, xml, { ...parse, force: false }],
  serveNbd: [
    snapshot,
    {
      signal,
      address: { port: 0, host: '127.0.0.1' },
      others: [],
      partition: 1,
      overlay: 'memory',
      overlayBytes: 0,
      onFinding: () => undefined,
    } satisfies Required<offline.ServeNbdOptions>,
  ],
  snapshotContent: ofSnapshot,
  snapshotFiles: ofSnapshot,
  snapshotLosses: [snapshot, { signal } satisfies Required<offline.SnapshotLossesOptions>],
  stepFindings: [
    loaded,
    [{ step: 'merge', file: 'd1', into: 'd0' }],
    {
      confine,
      live: 'd2',
      allowLinked: true,
      allowRival: true,
      signal,
    } satisfies Required<offline.StepFindingOptions>,
  ],
  syncPlace: [d0],
  verifyBackup: [disk, set, { confine, signal } satisfies Required<offline.VerifyBackupOptions>],
  volumesAt: volumes,
  writeNewImage: [join(root, 'written'), returned(image)],
};

/** Not called once more with other values that have the right type: what they do stays. */
const WRITERS: ReadonlySet<string> = new Set([
  'exportSnapshot',
  'exportTree',
  'placeNew',
  'restoreBackup',
  'saveDescriptor',
  'saveDescriptorSync',
  'writeNewImage',
]);

/** Those with the rules of another function. */
const RULES: Readonly<Record<string, Rules>> = {
  ...NODE,
  ...OFFLINE,
  foreignFileFindings: OFFLINE.foreignFileAt,
  loadDescriptor: NODE.descriptorAt,
  loadDescriptorSync: NODE.descriptorAt,
  loadVolumesSync: OFFLINE.loadVolumes,
  identifySnapshotSync: OFFLINE.identifySnapshot,
  saveDescriptorSync: NODE.saveDescriptor,
  snapshotContent: OFFLINE.identifySnapshot,
  volumesAt: OFFLINE.loadVolumes,
};

const EXEMPT = {
  'throws as the system does; readable() gives that a code': ['readStart', 'realPath', 'status'],
  'takes bytes of a directory': ['entryName'],
  'takes an open file': ['closeFile', 'startOfOpen'],
  'runs steps': ['readable'],
  'is a piece of other functions': PIECES.filter((name) => name !== 'SAVE_PREFIX'),
  'compares what the library returned': ['sameIdentity'],
};

type AnyFunction = (...args: readonly unknown[]) => unknown;
const functions = Object.entries(node as Readonly<Record<string, unknown>>).filter(
  (entry): entry is [string, AnyFunction] => typeof entry[1] === 'function',
);

test('every exported function has a row', () => {
  const known = [...Object.keys(CALLS), ...Object.values(EXEMPT).flat()];
  expect(known.toSorted()).toEqual(functions.map(([name]) => name).toSorted());
});

/** What becomes of a call: `done`, the code of a typed error or finding, or the untyped error. */
async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    const result = await finished(run());
    if (typeof result !== 'object' || result === null) return 'done';
    if ('close' in result) await (result as { readonly close: () => Promise<void> }).close();
    if ('fd' in result) await runAsync(node.closeFile(result.fd as number));
    const isRefused = 'accepted' in result && result.accepted === false;
    return isRefused && 'diagnostics' in result
      ? String((result.diagnostics as readonly { readonly code: string }[])[0]?.code)
      : 'done';
  } catch (error) {
    if (error instanceof DescriptorError) return error.code;
    return `untyped ${String(error)}`;
  }
}

/** The result of steps, or of all that is listed. */
async function finished(result: unknown): Promise<unknown> {
  if (typeof result !== 'object' || result === null) return result;
  if (Symbol.asyncIterator in result) {
    for await (const one of result as AsyncIterable<unknown>) expect(one).toBeDefined();
    return undefined;
  }
  return Symbol.iterator in result && 'next' in result
    ? runAsync(result as Steps<unknown>)
    : result;
}

const rows = functions.filter(([name]) => name in CALLS);
test.each(rows)('%s refuses wrong values', async (name, run) => {
  const faults = await argumentFaults({
    run,
    args: CALLS[name] ?? [],
    rules: RULES[name] ?? {},
    outcomeOf,
    refused: ['OPTION_INVALID', 'BACKUP_INVALID', 'RELEASE_UNKNOWN'],
    witness: () => filesIn(root),
    // A test of its own says what becomes of those: null is the default, and others are not directories.
    isRight: (place) => name === 'confinementOf' && place === '[1].confine',
    isSafe: () => !WRITERS.has(name),
  });
  expect(faults).toEqual([]);
});

test('an object that is not a confinement does not stand for anywhere', async () => {
  await expect(runAsync(node.openWithin(d0, {} as files.Confinement))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});
