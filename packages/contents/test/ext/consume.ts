import { DescriptorError } from '@ploop/descriptor';

import type { FileSystem, FileStat } from '../../src/index.ts';

const MOST_EXTENTS = 2000;
const PIECE = 65_536;

/** Codes of everything that went wrong, once each. */
export type Codes = Set<string>;

/** Asks for everything that a file system has. Only a DescriptorError may come of it; its code is kept. */
export async function consume(fileSystem: FileSystem): Promise<Codes> {
  const codes: Codes = new Set();
  await attempt(codes, async () => {
    for await (const { path, stat } of fileSystem.walk('/'))
      if (stat !== undefined) await consumeEntry(fileSystem, path, stat, codes);
  });
  await attempt(codes, async () => {
    for await (const entry of fileSystem.list('/')) if (entry.inode < 0) throw new Error('inode');
  });
  await attempt(codes, async () => {
    let from = 0;
    for await (const { position, length } of fileSystem.free()) {
      if (position < from || length <= 0) throw new Error(`free space at ${String(position)}`);
      from = position + length;
    }
  });
  for (const { code } of fileSystem.diagnostics()) codes.add(code);
  return codes;
}

async function consumeEntry(
  fileSystem: FileSystem,
  path: string,
  { type }: FileStat,
  codes: Codes,
): Promise<void> {
  await attempt(codes, () => fileSystem.xattrs(path));
  if (type === 'symlink') {
    await attempt(codes, () => fileSystem.readLink(path));
    await attempt(codes, () => fileSystem.stat(path, { follow: true }));
  }
  if (type !== 'file') return;
  await attempt(codes, async () => {
    const file = await fileSystem.open(path);
    let extents = 0;
    for await (const { length } of file.extents()) {
      if (length <= 0) throw new Error(`an extent of ${String(length)} bytes`);
      extents += 1;
      if (extents > MOST_EXTENTS) break;
    }
    for (const at of [0, Math.floor(file.size / 2), Math.max(0, file.size - PIECE)])
      await attempt(codes, () => file.read(at, PIECE));
  });
}

async function attempt(codes: Codes, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    codes.add(error.code);
  }
}
