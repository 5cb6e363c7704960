// Disks that changes are made to, with the bytes that each of their snapshots must read as.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';

import { backupSet } from '@ploop/offline';

import { createDisk, TOP_GUID } from '../../../dist/index.js';
import { makeMachine, onMachine } from './machine.mjs';

export const MIB = 2 ** 20;
export const SIZE = 2 * MIB;
export const CLUSTER = 64 * 1024;
export const SHOTS = {
  A: '{aaaaaaaa-0000-4000-8000-000000000001}',
  B: '{aaaaaaaa-0000-4000-8000-000000000002}',
  C: '{aaaaaaaa-0000-4000-8000-000000000003}',
  K: '{aaaaaaaa-0000-4000-8000-000000000004}',
};
export const KEPT = '{aaaaaaaa-0000-4000-8000-000000000009}';
export { TOP_GUID };

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Makes a template; what its snapshots read as, by GUID, in hashes of `SIZE` bytes. */
export async function makeTemplate(name, directory, random) {
  mkdirSync(directory);
  const path = join(directory, 'root.hdd');
  const model = {};
  if (name === 'empty') return { model: { [TOP_GUID]: sha256(Buffer.alloc(SIZE)) } };
  if (name === 'ext4') return makeFileSystem(directory, path, random);
  const version = name === 'second' ? 2 : 1;
  const disk = await createDisk({
    path,
    size: SIZE,
    clusterSize: CLUSTER,
    fileSystem: 'none',
    version,
  });
  let content = Buffer.alloc(SIZE);
  const write = async () => {
    content = Buffer.from(content);
    const commands = [];
    for (let count = 0; count < 6; count += 1) {
      const at = Math.floor(random() * (SIZE / CLUSTER)) * CLUSTER;
      const pattern = 1 + Math.floor(random() * 255);
      content.fill(pattern, at, at + CLUSTER);
      commands.push('-c', `write -P ${pattern} ${at} ${CLUSTER}`);
    }
    // QEMU writes to the top alone: clusters that it does not have are whole here.
    execFileSync('qemu-io', ['-f', 'parallels', ...commands, await disk.topDelta()]);
  };
  const freeze = async (guid) => {
    await disk.snapshot({ guid });
    model[guid] = sha256(content);
    return content;
  };
  await write();
  if (name === 'chain' || name === 'tree') {
    const first = await freeze(SHOTS.A);
    await write();
    await freeze(SHOTS.B);
    await write();
    if (name === 'chain') {
      await freeze(SHOTS.C);
      await write();
      const image = (await disk.images()).find(({ guid }) => guid === SHOTS.B);
      copyFileSync(image.file, join(directory, 'copy.hdd'));
    } else {
      await disk.switchSnapshot(SHOTS.A, { keepOldTop: { guid: SHOTS.C } });
      model[SHOTS.C] = sha256(content);
      content = first;
      await write();
      // K is a leaf then: the disk goes on from B.
      await disk.switchSnapshot(SHOTS.B, { keepOldTop: { guid: SHOTS.K } });
      model[SHOTS.K] = sha256(content);
      await disk.deleteSnapshot(SHOTS.C);
      delete model[SHOTS.C];
      content = undefined;
    }
  }
  model[TOP_GUID] = content === undefined ? model[SHOTS.B] : sha256(content);
  if (name === 'dirty') {
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.from('Ynot'), 0, 4, 44);
    closeSync(file);
  }
  if (name === 'bare') rmSync(join(directory, 'DiskDescriptor.xml'));
  if (name === 'backup') {
    await disk.snapshot({ guid: SHOTS.A });
    model[SHOTS.A] = model[TOP_GUID];
    const set = await backupSet(directory, SHOTS.A, { hash: true });
    writeFileSync(`${directory}.json`, JSON.stringify(set));
    const kept = new Set(set.files.map(({ name: file }) => file));
    for (const file of readdir(directory)) if (!kept.has(file)) rmSync(join(directory, file));
    delete model[SHOTS.A];
  }
  return { model };
}

/** A disk with a file in its file system: that file is what it must read as. */
async function makeFileSystem(directory, path, random) {
  makeMachine(directory);
  const machine = onMachine(directory);
  const disk = await createDisk({ path, size: 384 * MIB, fileSystem: 'ext4', ...machine });
  const content = Buffer.from(Array.from({ length: MIB }, () => Math.floor(random() * 256)));
  const source = `${directory}.file`;
  writeFileSync(source, content);
  await disk.mount();
  const device = `${join(machine.roots.dev, 'ploop0')}?offset=${PARTITION}`;
  execFileSync('debugfs', ['-w', '-R', `write ${source} file`, device], { stdio: 'ignore' });
  await disk.umount();
  return { model: { [TOP_GUID]: sha256(content) }, read: fileByDebugfs };
}

/** Where the tool makes the partition that has the file system. */
const PARTITION = MIB;

/** What debugfs reads of the file in a shot, in a hash; the file system is checked and must be in order. */
function fileByDebugfs(directory, structure, guid) {
  return converted(directory, structure, guid, (raw) => {
    const fileSystem = `${raw}?offset=${PARTITION}`;
    execFileSync('e2fsck', ['-fn', fileSystem], { stdio: ['ignore', 'pipe', 'pipe'] });
    const target = `${directory}.file`;
    execFileSync('debugfs', ['-R', `dump file ${target}`, fileSystem], { stdio: 'ignore' });
    return sha256(readFileSync(target));
  });
}

function readdir(directory) {
  return execFileSync('ls', ['-A', directory], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** A descriptor by itself: not by the parser that is tested. */
export function structureOf(directory) {
  let xml;
  try {
    xml = readFileSync(join(directory, 'DiskDescriptor.xml'), 'latin1');
  } catch {
    return undefined;
  }
  const text = (part, tag) => new RegExp(`<${tag}>([^<]*)<`).exec(part)?.[1];
  const images = new Map(
    Array.from(xml.matchAll(/<Image>([\s\S]*?)<\/Image>/g), ([, part]) => [
      text(part, 'GUID'),
      { file: text(part, 'File'), type: text(part, 'Type') },
    ]),
  );
  const shots = Array.from(xml.matchAll(/<Shot>([\s\S]*?)<\/Shot>/g), ([, part]) => ({
    guid: text(part, 'GUID'),
    parent: text(part, 'ParentGUID'),
    temporary: /<Temporary\s*\/>/.test(part),
    ...images.get(text(part, 'GUID')),
  }));
  return { shots, limit: text(xml, 'MaxDeltaSize'), size: text(xml, 'Disk_size') };
}

/** What QEMU reads of a shot, in a hash of its first `SIZE` bytes. */
export function readByQemu(directory, structure, guid) {
  return converted(directory, structure, guid, (raw) =>
    sha256(readFileSync(raw).subarray(0, SIZE)),
  );
}

/** What comes of a shot once QEMU has made it a raw file. */
function converted(directory, { shots }, guid, read) {
  const files = [];
  for (let shot = shots.find((one) => one.guid === guid); shot !== undefined;) {
    files.unshift(shot);
    const { parent } = shot;
    shot = shots.find((one) => one.guid === parent);
  }
  let node;
  for (const { file, type } of files) {
    const driver = type === 'Plain' ? 'raw' : 'parallels';
    const below = node === undefined ? {} : { backing: node };
    node = { driver, file: { driver: 'file', filename: join(directory, file) }, ...below };
  }
  const target = `${directory}.raw`;
  execFileSync('qemu-img', ['convert', '-O', 'raw', `json:${JSON.stringify(node)}`, target], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    return read(target);
  } finally {
    rmSync(target, { force: true });
  }
}
