import { createHash } from 'node:crypto';

import {
  bytesOfName,
  type FileStat,
  type FileSystem,
  type OpenFile,
  type Timestamp,
} from '../../src/index.ts';

/** Every extent begins at a multiple of it. */
const PAGE = 1024;

/** An entry as `list_tree.py` prints it. */
export interface Listed {
  readonly path: string;
  readonly inode: number;
  readonly [field: string]: unknown;
}

/** What is needed of a file system. */
interface Listable extends Pick<FileSystem, 'readLink' | 'walk' | 'xattrs'> {
  readonly open: (path: string) => Promise<Pick<OpenFile, 'extents' | 'read'>>;
}

/** All entries of a file system, in the same form. */
export async function listed(fileSystem: Listable): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for await (const { path, stat } of fileSystem.walk('/')) {
    if (stat === undefined) throw new Error(`no inode: ${path}`);
    all.push({
      ...(await shown(fileSystem, path, stat)),
      path: path === '/' ? '' : hex(bytesOfName(path)),
    });
  }
  return all;
}

async function shown(fileSystem: Listable, path: string, stat: FileStat): Promise<Listed> {
  const { inode, type, mode, uid, gid, links, size, blocks } = stat;
  const xattrs = (await fileSystem.xattrs(path)).map(({ name, value }) => [
    hex(bytesOfName(name)),
    hex(value),
  ]);
  return {
    ...{ path, inode, type, mode, uid, gid, links, size, blocks },
    accessed: nanoseconds(stat.accessed),
    modified: nanoseconds(stat.modified),
    changed: nanoseconds(stat.changed),
    xattrs: Object.fromEntries(xattrs),
    ...(stat.device !== undefined && { device: [stat.device.major, stat.device.minor] }),
    ...(type === 'symlink' && { target: hex(bytesOfName(await fileSystem.readLink(path))) }),
    ...(type === 'file' && { content: await digest(fileSystem, path) }),
  };
}

/** Of data with their places: far apart in sparse files. */
async function digest(fileSystem: Listable, path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await fileSystem.open(path);
  for await (const { position, length, type } of file.extents()) {
    if (type === 'hole' || type === 'unwritten') continue;
    const bytes = await file.read(position, length);
    for (let at = 0; at < bytes.length; at += PAGE) {
      const piece = bytes.subarray(at, at + PAGE);
      if (piece.some((byte) => byte !== 0)) hash.update(`${String(position + at)}:`).update(piece);
    }
  }
  return hash.digest('hex');
}

function nanoseconds({ seconds, nanoseconds }: Timestamp): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
