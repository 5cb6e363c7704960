import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkImage, describeImage, openChain, type Chain } from '../../src/index.ts';
import { besideIt, fileSource } from './file-source.ts';
import { chainSpec, makeChain } from './random-qcow2.ts';

/** Milliseconds: a chain takes some fifty runs of QEMU. */
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

async function expectContent(chain: Chain, raw: string): Promise<void> {
  const expected = readFileSync(raw);
  const read = Buffer.from(await chain.read(0, chain.size));
  const [shorter, longer] = [read, expected].sort((one, other) => one.length - other.length);
  // QEMU rounds a size up to whole sectors.
  expect((longer?.length ?? 0) - (shorter?.length ?? 0)).toBeLessThan(512);
  const isEqual = read.equals(expected.subarray(0, read.length));
  if (!isEqual) {
    const at = read.findIndex((byte, index) => byte !== expected[index]);
    throw new Error(`byte ${String(at)}: ${String(read[at])}, and ${String(expected[at])} by QEMU`);
  }
}

/** What `qemu-img check` makes of an image. */
function verdictOf(file: string): 'clean' | 'corrupt' | 'leaks' {
  const { status } = spawnSync('qemu-img', ['check', '-q', '-f', 'qcow2', file]);
  return status === 0 ? 'clean' : status === 3 ? 'leaks' : 'corrupt';
}

test.skipIf(!hasQemu)(
  'random images read as QEMU reads them, and are checked as it does',
  async () => {
    const root = await temporaryDirectory();
    const counts = { chains: 0, images: 0, snapshots: 0 };
    await fc.assert(
      fc.asyncProperty(chainSpec, async (spec) => {
        const directory = join(root, 'images');
        try {
          const { files, snapshots } = await makeChain(spec, directory);
          const raw = join(directory, 'out.raw');
          const top = files.at(-1) ?? '';
          for (const snapshot of [undefined, ...snapshots]) {
            const chosen = snapshot === undefined ? [] : ['-l', `snapshot.id=${snapshot}`];
            await qemuImg('convert', '-f', 'qcow2', ...chosen, '-O', 'raw', top, raw);
            const options = { openFile: besideIt, ...(snapshot !== undefined && { snapshot }) };
            await expectContent(await openChain([fileSource(top)], options), raw);
            counts.snapshots += snapshot === undefined ? 0 : 1;
          }
          for (const file of files.filter((name) => name.endsWith('.qcow2'))) {
            const { diagnostics } = await checkImage(fileSource(file));
            const codes = diagnostics.map(({ code, severity }) => `${severity} ${code}`);
            const expected = { clean: [], leaks: ['info CLUSTERS_UNUSED'], corrupt: undefined };
            expect(codes).toEqual(expected[verdictOf(file)]);
            expectDescription(file, await describeImage(fileSource(file)));
            counts.images += 1;
          }
          counts.chains += 1;
        } finally {
          await rm(directory, { recursive: true, force: true });
        }
      }),
      { ...sample('qcow2 images', 3), endOnFailure: true },
    );
    console.info(`qcow2 images: ${JSON.stringify(counts)}`);
  },
  PATIENCE,
);

interface QemuInfo {
  readonly 'virtual-size': number;
  readonly 'cluster-size': number;
  readonly 'backing-filename'?: string;
  readonly snapshots?: readonly { readonly id: string; readonly name: string }[];
  readonly 'format-specific': {
    readonly data: {
      readonly 'compression-type': string;
      readonly 'lazy-refcounts'?: boolean;
      readonly 'refcount-bits': number;
      readonly 'extended-l2'?: boolean;
      readonly 'data-file'?: string;
      readonly bitmaps?: readonly { readonly name: string; readonly granularity: number }[];
    };
  };
}

function expectDescription(
  file: string,
  { description }: Awaited<ReturnType<typeof describeImage>>,
): void {
  const argv = ['info', '-f', 'qcow2', '--output=json', file];
  const info = JSON.parse(execFileSync('qemu-img', argv, { encoding: 'utf8' })) as QemuInfo;
  const { data } = info['format-specific'];
  if (description.format !== 'qcow2') throw new Error('not qcow2');
  const { details, size } = description;
  expect({
    size: Number(size),
    clusterBytes: details?.clusterBytes,
    refcountBits: details?.refcountBits,
    compression: details?.compression,
    extendedL2: details?.extendedL2,
    lazyRefcounts: details?.lazyRefcounts,
    backing: details?.backing?.name,
    dataFile: details?.dataFile?.name,
    snapshots: details?.internalSnapshots?.map(({ id, name }) => ({ id, name })),
    bitmaps: details?.bitmaps?.map(({ name, granularity }) => ({ name, granularity })),
  }).toEqual({
    size: info['virtual-size'],
    clusterBytes: info['cluster-size'],
    refcountBits: data['refcount-bits'],
    compression: data['compression-type'],
    extendedL2: data['extended-l2'] ?? false,
    lazyRefcounts: data['lazy-refcounts'] ?? false,
    backing: info['backing-filename'],
    dataFile: data['data-file'],
    snapshots: (info.snapshots ?? []).map(({ id, name }) => ({ id, name })),
    bitmaps: data.bitmaps?.map(({ name, granularity }) => ({ name, granularity })),
  });
}
