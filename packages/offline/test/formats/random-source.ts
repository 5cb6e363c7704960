import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TOP_GUID } from '@ploop/descriptor';
import { makeSplitDisk, splitScript, type SplitScript } from '@ploop/test-kit/disks/split-disk';
import { qemuImg, qemuIo } from '@ploop/test-kit/qemu';
import fc from 'fast-check';

import { diskSpec, makeDisk, randomFrom, type DiskSpec } from '../ways-out/random-disk.ts';

/** A disk to be exported, of any kind that can be opened. */
export type SourceSpec =
  | { readonly kind: 'chain'; readonly spec: DiskSpec }
  | { readonly kind: 'split'; readonly spec: SplitScript }
  | { readonly kind: 'raw'; readonly bytes: number; readonly seed: number }
  | { readonly kind: 'qcow2'; readonly layers: readonly QemuLayer[]; readonly seed: number };

interface QemuLayer {
  readonly sectors: number;
  readonly clusterBits: number;
  readonly extended: boolean;
  readonly writes: number;
}

/** One state of a disk, and the same as a raw file that was made in another way. */
export interface SourceState {
  readonly guid: string | undefined;
  readonly model: string;
}

/** Disks of up to 128 MiB. */
export const sourceSpec: fc.Arbitrary<SourceSpec> = fc.oneof(
  { weight: 4, arbitrary: diskSpec.map((spec) => ({ kind: 'chain' as const, spec })) },
  { weight: 4, arbitrary: splitScript.map((spec) => ({ kind: 'split' as const, spec })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('raw' as const),
      bytes: fc.oneof(fc.integer({ min: 1, max: 5 << 20 }), fc.constant(3 << 20)),
      seed: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('qcow2' as const),
      layers: fc.array(
        fc.record({
          sectors: fc.integer({ min: 1, max: 20_000 }),
          clusterBits: fc.constantFrom(9, 12, 14, 16, 16, 21),
          extended: fc.boolean(),
          writes: fc.nat(6),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      seed: fc.nat(),
    }),
  },
);

/** Makes the disk in a new directory. Returns its path, and its states, the top last. */
export async function makeSource(
  source: SourceSpec,
  directory: string,
): Promise<{ readonly path: string; readonly states: readonly SourceState[] }> {
  await mkdir(directory);
  const path = join(directory, 'disk.hdd');
  const modelOf = async (index: number, bytes: Uint8Array): Promise<string> => {
    const file = join(directory, `model${String(index)}`);
    await writeFile(file, bytes);
    return file;
  };
  switch (source.kind) {
    case 'chain': {
      await mkdir(path);
      const { model } = await makeDisk(source.spec, path);
      return { path, states: [{ guid: undefined, model: await modelOf(0, model) }] };
    }
    case 'split': {
      const { shots } = await makeSplitDisk(source.spec, path);
      const states: SourceState[] = [];
      for (const [index, { guid, bytes }] of shots.entries())
        states.push({ guid, model: await modelOf(index, bytes) });
      return { path, states };
    }
    case 'raw':
      return makeRaw(source, directory);
    case 'qcow2':
      return makeQcow2(source, directory);
  }
}

async function makeRaw(
  { bytes, seed }: Extract<SourceSpec, { readonly kind: 'raw' }>,
  directory: string,
): Promise<{ readonly path: string; readonly states: readonly SourceState[] }> {
  const path = join(directory, 'disk.raw');
  const random = randomFrom(seed);
  const file = await open(path, 'w');
  await file.truncate(bytes);
  for (let count = 0; count < 4; count += 1) {
    const start = random(bytes);
    const data = Buffer.alloc(Math.min(bytes - start, 1 + random(200_000)), 1 + random(255));
    await file.write(data, 0, data.length, start);
  }
  await file.close();
  return { path, states: [{ guid: undefined, model: path }] };
}

/** A backing chain; a layer may be smaller than the one below. */
async function makeQcow2(
  { layers, seed }: Extract<SourceSpec, { readonly kind: 'qcow2' }>,
  directory: string,
): Promise<{ readonly path: string; readonly states: readonly SourceState[] }> {
  const random = randomFrom(seed);
  let below: string | undefined;
  for (const [index, { sectors, clusterBits, extended, writes }] of layers.entries()) {
    const file = `layer${String(index)}.qcow2`;
    const isExtended = extended && clusterBits >= 14;
    const options = `cluster_size=${String(2 ** clusterBits)},extended_l2=${isExtended ? 'on' : 'off'}`;
    const backing = below === undefined ? [] : ['-b', below, '-F', 'qcow2'];
    const [image, size] = [join(directory, file), sectors * 512];
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, ...backing, image, String(size));
    const commands = Array.from({ length: writes }, () => {
      const at = random(sectors);
      const length = 1 + random(Math.min(400, sectors - at));
      const range = `${String(at * 512)} ${String(length * 512)}`;
      return random(4) === 0 ? `write -z ${range}` : `write -P ${String(1 + random(255))} ${range}`;
    });
    if (commands.length > 0) await qemuIo(image, commands, 'qcow2');
    below = file;
  }
  const states: SourceState[] = [];
  for (const index of layers.keys()) {
    const model = join(directory, `model${String(index)}`);
    const image = join(directory, `layer${String(index)}.qcow2`);
    await qemuImg('convert', '-O', 'raw', image, model);
    states.push({ guid: layerGuid(index), model });
  }
  return { path: join(directory, below ?? ''), states };
}

/** The GUID by which release 9 calls an image of a backing chain. */
function layerGuid(index: number): string {
  return index === 0 ? TOP_GUID : `{5fbaabe3-cafe-b03a-4a4a-4a0e329aab0${String(index)}}`;
}
