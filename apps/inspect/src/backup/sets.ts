import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import { parseBackupSet, type BackupFile, type BackupSet } from '@ploop/offline';

import type { Repository } from './repository.ts';

/** An image of a backup, whose SHA-256 is its name in the repository. */
export interface StoredFile extends BackupFile {
  readonly sha256: string;
}

/** A backup in a repository. */
export interface StoredSet extends BackupSet {
  /** The time of the backup and the beginning of the GUID of its snapshot. */
  readonly name: string;
  readonly files: readonly StoredFile[];
}

/** The backups of a repository, the oldest first, and which cannot be used. */
export interface StoredSets {
  readonly sets: readonly StoredSet[];
  readonly findings: readonly Diagnostic[];
}

const EXTENSION = '.json';
/** More than a set of 100,000 images needs. */
const MOST_BYTES = 2 ** 26;

/** Reads all backups of a repository. */
export async function readSets({ sets: directory }: Repository): Promise<StoredSets> {
  const names = (await readdir(directory))
    .filter((name) => name.endsWith(EXTENSION) && !name.startsWith('.'))
    .toSorted();
  const sets: StoredSet[] = [];
  const findings: Diagnostic[] = [];
  for (const name of names) {
    try {
      sets.push(await readSet(join(directory, name), name.slice(0, -EXTENSION.length)));
    } catch (error) {
      if (!(error instanceof DescriptorError)) throw error;
      for (const finding of error.diagnostics) findings.push(namedIn(finding, name));
    }
  }
  return { sets, findings };
}

/**
 * The backup of a name, or of the beginning of one.
 *
 * @throws DescriptorError with code `OPTION_INVALID` if none has the name, or several have it.
 */
export function setNamed(sets: readonly StoredSet[], name: string): StoredSet {
  const exact = sets.find((one) => one.name === name);
  const [only, ...others] = sets.filter((one) => one.name.startsWith(name));
  const found = exact ?? (others.length === 0 ? only : undefined);
  if (found !== undefined) return found;
  const expected =
    only === undefined
      ? 'the name of a backup in the repository'
      : `one of ${[only, ...others].map((one) => one.name).join(', ')}`;
  throw new DescriptorError([
    diagnostic('OPTION_INVALID', { option: 'backup', value: name, expected }),
  ]);
}

async function readSet(path: string, name: string): Promise<StoredSet> {
  const status = await lstat(path);
  if (!status.isFile() || status.size > MOST_BYTES) throw invalid('it is not a file of a set');
  const set = parseBackupSet(await readFile(path, 'utf8'));
  const files = set.files.map((file): StoredFile => {
    const { sha256 } = file;
    if (sha256 === undefined) throw invalid('it has files without SHA-256');
    return { ...file, sha256 };
  });
  return { ...set, name, files };
}

function invalid(reason: string): DescriptorError {
  return new DescriptorError([diagnostic('BACKUP_INVALID', { reason })]);
}

function namedIn(finding: Diagnostic, name: string): Diagnostic {
  if (finding.code !== 'BACKUP_INVALID') return finding;
  return diagnostic('BACKUP_INVALID', {
    reason: `${finding.data.reason} (${JSON.stringify(name)})`,
  });
}
