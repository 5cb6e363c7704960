import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MIB = 2 ** 20;
const CLUSTER = MIB;
const guidOf = (index, count) =>
  index === count - 1
    ? '{5fbaabe3-6958-40ff-92a7-860e329aab41}'
    : `{b0000000-0000-4000-8000-${String(index).padStart(12, '0')}}`;

/** Writes the descriptor of a chain of files, base first. */
export function writeDescriptor(directory, files, clusters) {
  const images = files.map(
    (file, index) =>
      `<Image><GUID>${guidOf(index, files.length)}</GUID><Type>Compressed</Type><File>${file}</File></Image>`,
  );
  const shots = files.map((_, index) => {
    const parent =
      index === 0 ? '{00000000-0000-0000-0000-000000000000}' : guidOf(index - 1, files.length);
    return `<Shot><GUID>${guidOf(index, files.length)}</GUID><ParentGUID>${parent}</ParentGUID></Shot>`;
  });
  writeFileSync(
    join(directory, 'DiskDescriptor.xml'),
    `<?xml version="1.0"?><Parallels_disk_image><Disk_Parameters><Disk_size>${(clusters * CLUSTER) / 512}</Disk_size></Disk_Parameters>
<StorageData><Storage><Blocksize>${CLUSTER / 512}</Blocksize>${images.join('')}</Storage></StorageData>
<Snapshots><TopGUID>${guidOf(files.length - 1, files.length)}</TopGUID>${shots.join('')}</Snapshots></Parallels_disk_image>`,
  );
}

function run(program, argv) {
  const { status, stderr } = spawnSync(program, argv, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} fails: ${stderr}`);
}

/** The name under which QEMU opens a chain, base first. */
export function qemuName(files) {
  let node;
  for (const filename of files)
    node = {
      driver: 'parallels',
      file: { driver: 'file', filename },
      ...(node && { backing: node }),
    };
  return `json:${JSON.stringify(node)}`;
}

/** A disk of 4 GiB: 2 GiB of data in a base and three deltas, written by QEMU in runs of 1 to 32 MiB. */
export function makeChain(directory) {
  mkdirSync(directory);
  const clusters = 4096;
  const files = [];
  let seed = 1;
  const random = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const free = new Set(Array.from({ length: clusters }, (_, index) => index));
  for (let level = 0; level < 4; level += 1) {
    const file = `delta${level}.hds`;
    files.push(file);
    const path = join(directory, file);
    run('qemu-img', ['create', '-q', '-f', 'parallels', path, `${clusters}M`]);
    const commands = [];
    for (let left = 512; left > 0;) {
      const start = random(clusters);
      const wanted = Math.min(left, 1 + random(32));
      let length = 0;
      while (length < wanted && free.delete(start + length)) length += 1;
      if (length === 0) continue;
      commands.push('-c', `write -P ${1 + random(254)} ${start}M ${length}M`);
      left -= length;
    }
    run('qemu-io', ['-f', 'parallels', ...commands, path]);
  }
  writeDescriptor(directory, files, clusters);
  return { clusters, files: files.map((file) => join(directory, file)) };
}

/** A disk of one image whose clusters lie in the file in no order; the file is a hole except for its beginning. */
export function makeScattered(directory, clusters, allocated) {
  mkdirSync(directory);
  const file = join(directory, 'scattered.hds');
  const bat = new Uint32Array(16 + clusters);
  const header = Buffer.from(bat.buffer);
  const first = Math.ceil(header.length / CLUSTER);
  header.write('WithouFreSpacExt', 'latin1');
  for (const [offset, value] of [
    [16, 2],
    [20, 16],
    [24, 1024],
    [28, CLUSTER / 512],
    [32, clusters],
    [48, (first * CLUSTER) / 512],
  ])
    header.writeUInt32LE(value, offset);
  header.writeBigUInt64LE(BigInt(clusters) * BigInt(CLUSTER / 512), 36);
  // A prime that does not divide the count visits every place once.
  for (let index = 0; index < allocated; index += 1)
    bat[16 + index] = first + ((index * 7919) % allocated);
  const fd = openSync(file, 'w');
  writeSync(fd, header);
  ftruncateSync(fd, (first + allocated) * CLUSTER);
  closeSync(fd);
  writeDescriptor(directory, ['scattered.hds'], clusters);
  return file;
}
