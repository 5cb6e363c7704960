import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';

import { writeDescriptor } from './image-disks.mjs';

const MIB = 2 ** 20;
const CLUSTER = MIB;
const ENTRIES_START = 64;
/** The base and three deltas. */
const LEVELS = 4;
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Runs a program, and returns what it prints. */
function run(program, argv) {
  const { status, error, stderr, stdout } = spawnSync(program, argv, {
    ...{ env, encoding: 'utf8' },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`${program} fails: ${error?.message ?? stderr}`);
  return stdout;
}

/** An ext4 in a file: 1 GiB in one file, 20,000 small ones and `/etc/hostname`. */
export function makeMixed(directory) {
  const source = join(directory, 'source');
  mkdirSync(join(source, 'etc'), { recursive: true });
  writeFileSync(join(source, 'etc/hostname'), 'web-1\n');
  const fd = openSync(join(source, 'large'), 'w');
  const piece = randomFillSync(Buffer.alloc(16 * MIB));
  for (let count = 0; count < 64; count += 1) writeSync(fd, piece);
  closeSync(fd);
  makeSmall(join(source, 'small'), 20_000, (index) => Buffer.alloc((index * 37) % 8192, 'text '));
  return formatted(directory, '2G', ['-N', '40000', '-d', source]);
}

/** An ext4 in a file with 100,000 inodes. */
export function makeMany(directory) {
  const source = join(directory, 'source');
  makeSmall(join(source, 'many'), 100_000, () => '');
  return formatted(directory, '1G', ['-N', '120000', '-d', source]);
}

/** An ext4 of 1 TiB in a file. */
export function makeHuge(directory) {
  const source = join(directory, 'source');
  mkdirSync(join(source, 'etc'), { recursive: true });
  writeFileSync(join(source, 'etc/hostname'), 'web-1\n');
  return formatted(directory, '1T', ['-d', source]);
}

function makeSmall(directory, count, contentOf) {
  for (let index = 0; index < count; index += 1) {
    const parent = join(directory, String(Math.floor(index / 500)));
    if (index % 500 === 0) mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, `file-${index}`), contentOf(index));
  }
}

function formatted(directory, size, argv) {
  const raw = join(directory, 'raw');
  run('truncate', ['-s', size, raw]);
  run('mke2fs', ['-q', '-F', '-t', 'ext4', ...argv, raw]);
  run('rm', ['-rf', join(directory, 'source')]);
  return raw;
}

/** A ploop disk that reads as the file: its clusters are spread over a base and three deltas in runs of 1 to 16 MiB. */
export function makeDisk(directory, raw) {
  mkdirSync(directory);
  const places = JSON.parse(run('qemu-img', ['map', '-f', 'raw', '--output=json', raw]));
  const size = places.reduce((end, { start, length }) => Math.max(end, start + length), 0);
  const clusters = Math.ceil(size / CLUSTER);
  const headBytes = Math.ceil((ENTRIES_START + 4 * clusters) / CLUSTER) * CLUSTER;
  const images = Array.from({ length: LEVELS }, (_, level) => ({
    fd: openSync(join(directory, `delta${level}`), 'w'),
    table: new Uint32Array(clusters),
    end: headBytes / CLUSTER,
  }));
  const source = openSync(raw, 'r');
  const buffer = Buffer.alloc(CLUSTER);
  const held = new Set();
  for (const { start, length, data, zero } of places)
    if (data && !zero)
      for (let at = Math.floor(start / CLUSTER); at * CLUSTER < start + length; at += 1)
        held.add(at);
  let [seed, left, image] = [1, 0, images[0]];
  const random = (most) => (seed = (seed * 48271) % 2147483647) % most;
  for (const cluster of held) {
    if (left === 0) [left, image] = [1 + random(16), images[random(LEVELS)]];
    left -= 1;
    readSync(source, buffer, 0, CLUSTER, cluster * CLUSTER);
    writeSync(image.fd, buffer, 0, CLUSTER, image.end * CLUSTER);
    image.table[cluster] = image.end;
    image.end += 1;
  }
  closeSync(source);
  for (const { fd, table, end } of images) {
    writeSync(fd, headOf(table, clusters, headBytes), 0, headBytes, 0);
    ftruncateSync(fd, end * CLUSTER);
    closeSync(fd);
  }
  const files = images.map((_, level) => `delta${level}`);
  writeDescriptor(directory, files, clusters);
  return directory;
}

/** Header and table of an image of version 2, whose table counts clusters. */
function headOf(table, clusters, bytes) {
  const head = Buffer.alloc(bytes);
  head.write('WithouFreSpacExt', 'latin1');
  const sectors = CLUSTER / 512;
  const words = { 16: 2, 20: 16, 24: 1, 28: sectors, 32: clusters, 48: bytes / 512 };
  for (const [offset, value] of Object.entries(words)) head.writeUInt32LE(value, Number(offset));
  head.writeBigUInt64LE(BigInt(clusters * sectors), 36);
  table.forEach((entry, index) => head.writeUInt32LE(entry, ENTRIES_START + 4 * index));
  return head;
}

/** Mounts a file system in a file while `use` works; `use` gets no directory if that is not possible here. */
export function withMount(raw, use) {
  const directory = `${raw}.mount`;
  mkdirSync(directory);
  const { status } = spawnSync('mount', ['-o', 'loop,ro', raw, directory], {
    env,
    stdio: 'ignore',
  });
  try {
    return use(status === 0 ? directory : undefined);
  } finally {
    if (status === 0) run('umount', [directory]);
  }
}
