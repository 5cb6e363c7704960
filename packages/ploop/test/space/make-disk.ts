import { linkSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml, imageBytes, testGuid } from '@ploop/test-kit';

import { MOST_CLUSTERS, type Fault, type SpaceDisk } from './disk.ts';

const SECTOR = 512;
const IN_USE = 0x746f_6e59;

/** Where a disk lies: all of it is under `root`. */
export interface Place {
  readonly root: string;
  readonly directory: string;
}

export function placeIn(root: string): Place {
  return { root, directory: join(root, 'disk') };
}

/** Makes a disk. Its images are `d0`, `d1`, …, in the order of the nodes. */
export function makeDisk(disk: SpaceDisk, { root, directory }: Place): void {
  mkdirSync(directory, { recursive: true });
  const sizes: number[] = [];
  for (const { parent, grown } of disk.nodes) sizes.push((sizes[parent] ?? disk.clusters) + grown);
  const at = ({ at }: { readonly at: number }): number => at % disk.nodes.length;
  const faultsOf = (index: number): readonly Fault[] =>
    disk.faults.filter((one) => at(one) === index).map((one) => one.fault);
  for (const index of disk.nodes.keys())
    writeFileSync(
      join(directory, `d${String(index)}`),
      image(disk, index, sizes[index] ?? 0, faultsOf(index)),
    );

  const names = disk.nodes.map((_, index) => `d${String(index)}`);
  for (const one of disk.faults) {
    const name = `d${String(at(one))}`;
    const path = join(directory, name);
    if (one.fault === 'missing') rmSync(path, { force: true });
    if (one.fault === 'short') truncateSync(path, 20);
    if (one.fault === 'a directory') {
      rmSync(path, { force: true });
      mkdirSync(path, { recursive: true });
    }
    if (one.fault === 'outside') {
      mkdirSync(join(root, 'outside'), { recursive: true });
      renameSync(path, join(root, 'outside', name));
      names[at(one)] = `../outside/${name}`;
    }
    if (one.fault === 'linked beside') linkSync(path, join(directory, `${name} kept`));
    if (one.fault === 'linked elsewhere') {
      mkdirSync(join(root, 'other'), { recursive: true });
      linkSync(path, join(root, 'other', name));
    }
    const other = join(directory, `d${String(one.other % disk.nodes.length)}`);
    if (one.fault === 'the file of another' && other !== path) {
      rmSync(path, { force: true, recursive: true });
      linkSync(other, path);
    }
  }
  writeFileSync(join(directory, 'DiskDescriptor.xml'), xmlOf(disk, names, sizes[disk.top] ?? 0));
  for (const [index, { fault, at: node, other }] of disk.faults.entries())
    if (fault === 'another descriptor') {
      const on = node % disk.nodes.length;
      const own = `other ${String(index)}`;
      writeFileSync(join(directory, own), image(disk, on, sizes[on] ?? 0, []));
      const xml = rivalXml(disk, { names, own, on, isTop: other % 2 === 0 });
      writeFileSync(join(directory, `${RIVAL}${String(index)}`), xml);
    }
}

/** How the names of other descriptors begin. */
export const RIVAL = 'DiskDescriptor.xml.copy';
/** The image that only another descriptor names, if it is not its top. */
export const RIVAL_GUID: string = testGuid(90);

interface RivalSpec {
  readonly names: readonly string[];
  readonly own: string;
  /** The node of the disk that its own image stands on. */
  readonly on: number;
  readonly isTop: boolean;
}

/** A descriptor of one image of a disk and those below it, with an image of its own on top. */
function rivalXml(disk: SpaceDisk, { names, own, on, isTop }: RivalSpec): string {
  const chain: number[] = [];
  for (let at = on; at >= 0; at = disk.nodes[at]?.parent ?? -1) chain.unshift(at);
  const shared = chain.map((node, level) => ({
    ...(level > 0 && { parent: level - 1 }),
    file: names[node] ?? '',
  }));
  const extra = {
    ...{ parent: shared.length - 1, file: own },
    ...(!isTop && { guid: RIVAL_GUID }),
  };
  const xml = descriptorXml([...shared, extra], {
    top: isTop ? shared.length : shared.length - 1,
    ...{ blockSize: String(disk.blockSize), size: String(disk.clusters * disk.blockSize) },
  });
  return disk.rawBase ? xml.replace('Compressed', 'Plain') : xml;
}

function xmlOf(disk: SpaceDisk, names: readonly string[], clusters: number): string {
  const nodes = disk.nodes.map(({ parent, temporary }, index) => ({
    ...(parent < 0 ? {} : { parent }),
    file: names[index] ?? '',
    ...(temporary && index !== disk.top ? { extra: '<Temporary/>' } : {}),
  }));
  const { top, blockSize, rawBase, faults } = disk;
  const size = clusters * blockSize;
  const xml = descriptorXml(nodes, { top, blockSize: String(blockSize), size: String(size) });
  const typed = rawBase ? xml.replace('Compressed', 'Plain') : xml;
  if (!faults.some((one) => one.fault === 'split')) return typed;
  const range = `<Start>0</Start><End>${String(size)}</End>`;
  return typed
    .replace('<Storage>', `<Storage>${range}`)
    .replace(
      '</Storage>',
      `</Storage><Storage>${range.replaceAll('<Start>0', `<Start>${String(size)}`)}</Storage>`,
    );
}

function image(
  disk: SpaceDisk,
  index: number,
  clusters: number,
  faults: readonly Fault[],
): Uint8Array {
  const { held, unused } = disk.nodes[index] ?? { held: [], unused: 0 };
  const isRaw = disk.rawBase && index === 0;
  const isOther = faults.includes('another cluster size') && !isRaw;
  const blockSize = isOther ? disk.blockSize * 2 : disk.blockSize;
  const version = faults.includes('another version') ? (disk.version === 1 ? 2 : 1) : disk.version;
  const clusterBytes = blockSize * SECTOR;
  const own = Array.from(
    { length: Math.min(clusters, MOST_CLUSTERS) },
    (_, at) => held[at] === true,
  );
  const seed = disk.seed + index * 1000;
  if (isRaw) {
    const bytes = Buffer.alloc(clusters * clusterBytes);
    for (const [at, is] of own.entries())
      if (is) fill(bytes.subarray(at * clusterBytes, (at + 1) * clusterBytes), seed + at);
    return faults.includes('cut off') ? bytes.subarray(0, bytes.length - SECTOR) : bytes;
  }
  const first = Math.ceil((64 + 4 * clusters) / clusterBytes);
  // The clusters lie in the file from the last one to the first one.
  let next = first + own.filter((is) => is).length;
  const places = own.map((is) => (is ? (next -= 1) : 0));
  const used = places.filter((place) => place > 0);
  if (faults.includes('shared place') && used.length > 1)
    places[places.indexOf(used[0] ?? 0)] = used[1] ?? 0;
  if (faults.includes('beyond the end')) places[0] = first + used.length + unused + 5;
  const bat = places.map((place) => (version === 1 ? place * blockSize : place));
  const bytes = imageBytes(
    {
      ...{ version, blockSize, clusters },
      ...(faults.includes('in use') ? { mark: IN_USE } : {}),
      ...(faults.includes('not whole') ? { size: BigInt(clusters * blockSize - 1) } : {}),
    },
    bat,
    used.length + unused,
  );
  for (const [at, place] of places.entries())
    if (place > 0 && place * clusterBytes < bytes.length)
      fill(bytes.subarray(place * clusterBytes, (place + 1) * clusterBytes), seed + at);
  return faults.includes('cut off') ? bytes.subarray(0, bytes.length - clusterBytes / 2) : bytes;
}

/** No two clusters are alike, and none is of one byte. */
function fill(bytes: Uint8Array, seed: number): void {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(seed + 1, 2_654_435_761) + at;
}
