import { type FileStat, type WalkEntry, type Xattr } from '@ploop/contents';
import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import { storedBytes, storedContent } from './content.ts';
import { canHold, endBytes, entryBytes } from './entry.ts';
import { padding } from './header.ts';

/** Small pieces are put together. */
const PIECE = 1 << 18;

/** What went into an archive. */
export interface Archived {
  readonly entries: number;
  readonly bytes: number;
  /** Entries that an archive cannot hold: sockets. */
  readonly leftOut: number;
  readonly findings: readonly Diagnostic[];
}

/** Takes bytes of an archive, in order. */
type Sink = (bytes: Uint8Array) => Promise<void>;

/** Writes what is below some directories as a tar archive, PAX format. What cannot be read is a finding. */
export async function writeTar(
  files: DiskFiles,
  directories: readonly string[],
  sink: Sink,
): Promise<Archived> {
  const findings: Diagnostic[] = [];
  const note = (error: unknown): void => {
    if (!(error instanceof DescriptorError)) throw error;
    for (const finding of error.diagnostics) findings.push(finding);
  };
  const names = new Map<number, string>();
  const out = gathered(sink);
  let [entries, leftOut] = [0, 0];
  for (const directory of directories)
    for await (const entry of files.walk(directory)) {
      const { path, stat } = entry;
      if (stat === undefined) {
        findings.push(diagnostic('CONTENT_LOST', { path }));
        continue;
      }
      if (!canHold(stat)) {
        leftOut += 1;
        continue;
      }
      const linkTo = stat.type === 'directory' ? undefined : names.get(stat.inode);
      const name = nameOf(entry, stat);
      try {
        await writeEntry({ files, out, findings }, { path, name, stat, linkTo });
        entries += 1;
        if (stat.links > 1 && stat.type !== 'directory') names.set(stat.inode, linkTo ?? name);
      } catch (error) {
        note(error);
        findings.push(diagnostic('CONTENT_LOST', { path }));
      }
    }
  await out.write(endBytes());
  await out.flush();
  return { entries, leftOut, bytes: out.written(), findings };
}

interface Target {
  readonly files: DiskFiles;
  readonly out: ReturnType<typeof gathered>;
  readonly findings: Diagnostic[];
}

interface Named {
  readonly path: string;
  readonly name: string;
  readonly stat: FileStat;
  readonly linkTo: string | undefined;
}

async function writeEntry(target: Target, { path, name, stat, linkTo }: Named): Promise<void> {
  const { files, out, findings } = target;
  if (linkTo !== undefined) {
    await out.write(entryBytes({ name, stat, linkTo, xattrs: [], stored: 0 }));
    return;
  }
  const xattrs = await xattrsOf(target, path, stat);
  if (stat.type === 'symlink') {
    const link = await files.readLink(path);
    await out.write(entryBytes({ name, stat, target: link, xattrs, stored: 0 }));
    return;
  }
  if (stat.type !== 'file') {
    await out.write(entryBytes({ name, stat, xattrs, stored: 0 }));
    return;
  }
  const file = await files.open(path);
  const content = await storedContent(file);
  const { size, map, isSparse } = content;
  const header = { name, stat, xattrs, stored: size, ...(isSparse && { realSize: file.size }) };
  await out.write(entryBytes(header));
  await out.write(map);
  let left = size - map.length;
  try {
    for await (const bytes of storedBytes(file, content)) {
      await out.write(bytes);
      left -= bytes.length;
    }
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    for (const finding of error.diagnostics) findings.push(finding);
    findings.push(diagnostic('CONTENT_LOST', { path, zeros: left }));
    for (; left > 0; left -= PIECE) await out.write(new Uint8Array(Math.min(PIECE, left)));
  }
  await out.write(padding(size));
}

/** Attributes that cannot be read are a finding, and the file is archived without them. */
async function xattrsOf(
  { files, findings }: Target,
  path: string,
  { type }: FileStat,
): Promise<readonly Xattr[]> {
  try {
    // The path that a walk begins with can be a symlink, which it has followed.
    return await files.xattrs(path, { follow: type !== 'symlink' });
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    for (const finding of error.diagnostics) findings.push(finding);
    return [];
  }
}

/** Relative, so that it is extracted below the directory that the person chose. */
function nameOf({ path }: WalkEntry, { type }: FileStat): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  const name = ['.', ...parts].join('/');
  return type === 'directory' ? `${name}/` : name;
}

/** Puts small pieces together, and counts. */
function gathered(sink: Sink) {
  let pieces: Uint8Array[] = [];
  let [waiting, written] = [0, 0];
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(pieces);
    [pieces, waiting] = [[], 0];
    if (bytes.length > 0) await sink(bytes);
  };
  return {
    flush,
    write: async (bytes: Uint8Array): Promise<void> => {
      written += bytes.length;
      if (waiting + bytes.length > PIECE) await flush();
      if (bytes.length > PIECE) {
        await sink(bytes);
        return;
      }
      pieces.push(bytes);
      waiting += bytes.length;
    },
    written: () => written,
  };
}
