import { link, lstat, mkdir, symlink } from 'node:fs/promises';

import { bytesOfName, type FileStat, type WalkEntry } from '@ploop/contents';
import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import { withNewFile, withNewName, unwritable } from '../output/new-file.ts';
import { writeContent } from './content.ts';
import { localPath, type LocalPath } from './destination.ts';
import { setDirectory, setMetadata, setSymlink } from './metadata.ts';
import { targetOf, type Source } from './survey.ts';

/** How files are copied. */
export interface CopyOptions {
  readonly root: string;
  readonly replaces: boolean;
  /** Called with the number of bytes that were written. */
  readonly progress: (bytes: number) => void;
}

/** What was copied, and what was not. */
export interface Copied {
  readonly entries: number;
  readonly findings: readonly Diagnostic[];
}

interface Later {
  readonly path: string;
  readonly target: LocalPath;
  readonly stat: FileStat;
}

/** What one call of the program copies. */
interface Copy extends CopyOptions {
  readonly files: DiskFiles;
  readonly findings: Diagnostic[];
  readonly leftOut: Map<string, number>;
  /** Made last: nothing is written through them. */
  readonly symlinks: Later[];
  readonly directories: Later[];
  /** Copies of files that have several names. */
  readonly copies: Map<number, LocalPath>;
  entries: number;
}

/** Names of what is left out, by type. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  fifo: 'FIFOs',
  socket: 'sockets',
  'block-device': 'devices',
  'character-device': 'devices',
};

/** Copies sources below a directory. What cannot be read or written is a finding, and the rest is copied. */
export async function copyFiles(
  files: DiskFiles,
  sources: readonly Source[],
  options: CopyOptions,
): Promise<Copied> {
  const copy: Copy = {
    ...options,
    ...{ files, findings: [], leftOut: new Map(), entries: 0 },
    ...{ symlinks: [], directories: [], copies: new Map() },
  };
  for (const source of sources) await copyTree(copy, source);
  for (const later of copy.symlinks) await tried(copy, later.path, () => copySymlink(copy, later));
  for (const { path, target, stat } of copy.directories.toReversed())
    await tried(copy, path, () => setDirectory(target, stat, leaveOutOf(copy)));
  const left = Array.from(copy.leftOut, ([kind, count]) => ({ kind, count }));
  if (left.length > 0) copy.findings.push(diagnostic('FILES_LEFT_OUT', { left }));
  return { entries: copy.entries, findings: copy.findings };
}

async function copyTree(copy: Copy, source: Source): Promise<void> {
  /** Directories that could not be made: nothing is copied into them. */
  const refused: string[] = [];
  for await (const entry of copy.files.walk(source.path)) {
    if (refused.some((above) => entry.path.startsWith(above))) continue;
    const isDone = await tried(copy, entry.path, () =>
      copyEntry(copy, entry, targetOf(source, entry.path)),
    );
    if (!isDone && entry.type === 'directory') refused.push(`${entry.path}/`);
  }
}

async function copyEntry(
  copy: Copy,
  { path, stat }: WalkEntry,
  parts: readonly string[],
): Promise<void> {
  if (stat === undefined) throw lost(path);
  const target = localPath(copy.root, parts);
  const kind = LEFT_OUT[stat.type];
  if (kind !== undefined) {
    leaveOutOf(copy)(kind);
    return;
  }
  // The path that a walk begins with can be a symlink, which it has followed.
  const xattrs = await copy.files.xattrs(path, { follow: stat.type !== 'symlink' });
  if (xattrs.length > 0) leaveOutOf(copy)('extended attributes');
  const later = { path, target, stat };
  if (stat.type === 'symlink') copy.symlinks.push(later);
  else if (stat.type === 'directory') await makeDirectory(copy, later, parts.length === 0);
  else await copyFile(copy, later);
}

/** A directory that is there stays as it is; a symlink in its place is never followed. */
async function makeDirectory(copy: Copy, later: Later, isRoot: boolean): Promise<void> {
  const { target } = later;
  if (isRoot) return;
  try {
    await mkdir(target, 0o700);
  } catch (error) {
    const there = await lstat(target).catch(() => undefined);
    if (there?.isDirectory() !== true) throw unwritable(String(target), error);
    return;
  }
  copy.entries += 1;
  copy.directories.push(later);
}

async function copyFile(copy: Copy, { path, target, stat }: Later): Promise<void> {
  const first = copy.copies.get(stat.inode);
  if (first !== undefined)
    await withNewName(target, copy.replaces, (temporary) => link(first, temporary));
  else {
    const file = await copy.files.open(path);
    await withNewFile(target, copy.replaces, async (handle) => {
      await writeContent(file, handle, String(target), copy.progress);
      await setMetadata(handle, stat, leaveOutOf(copy));
    });
    if (stat.links > 1) copy.copies.set(stat.inode, target);
  }
  copy.entries += 1;
}

async function copySymlink(copy: Copy, { path, target, stat }: Later): Promise<void> {
  const to = Buffer.from(bytesOfName(await copy.files.readLink(path)));
  await withNewName(target, copy.replaces, async (temporary) => {
    await symlink(process.platform === 'win32' ? String(to) : to, temporary);
    await setSymlink(temporary, stat, leaveOutOf(copy));
  });
  copy.entries += 1;
}

/** Does the work for one file; false, with findings, if the disk or the system does not let it. */
async function tried(copy: Copy, path: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    for (const finding of error.diagnostics) copy.findings.push(finding);
    if (error.code !== 'FILE_UNWRITABLE' && error.code !== 'CONTENT_LOST')
      copy.findings.push(diagnostic('CONTENT_LOST', { path }));
    return false;
  }
}

function leaveOutOf({ leftOut }: Copy): (kind: string) => void {
  return (kind) => {
    leftOut.set(kind, (leftOut.get(kind) ?? 0) + 1);
  };
}

function lost(path: string): DescriptorError {
  return new DescriptorError([diagnostic('CONTENT_LOST', { path })]);
}
