import prettyBytes from 'pretty-bytes';

import { reading } from '../backup/failures.ts';
import { openRepository, type Repository } from '../backup/repository.ts';
import { restoreStored } from '../backup/restore-stored.ts';
import { readSets, setNamed, type StoredSet, type StoredSets } from '../backup/sets.ts';
import { verifyBackups } from '../backup/verify-backups.ts';
import type { Watch } from '../backup/watch.ts';
import type { Answer } from '../output/answer.ts';
import { counted } from '../output/counted.ts';
import { toTable } from '../output/table.ts';

/** Which backup to restore, and to which directory. */
export interface RestoreRequest {
  readonly repository: string;
  readonly name: string;
  readonly directory: string;
}

/** The backups of a repository. */
export async function listed(directory: string): Promise<Answer> {
  const { sets, findings } = await opened(directory);
  const known = new Set<string>();
  const rows = sets.map((set) => [
    set.name,
    set.guid,
    size(set.size),
    String(set.files.length),
    size(addedBy(set, known)),
    set.files.at(-1)?.source ?? '',
  ]);
  return {
    findings,
    text:
      sets.length === 0
        ? ['no backups']
        : toTable([['BACKUP', 'SNAPSHOT', 'SIZE', 'IMAGES', 'ADDED', 'FROM'], ...rows]),
    json: { repository: directory, backups: sets.map(recordOf) },
  };
}

/** A repository, its backups, and which of them cannot be used. */
async function opened(
  directory: string,
): Promise<StoredSets & { readonly repository: Repository }> {
  return reading(directory, async () => {
    const repository = await openRepository(directory);
    return { repository, ...(await readSets(repository)) };
  });
}

/** Bytes of the images of a backup that are not known yet; they are afterwards. */
function addedBy({ files }: StoredSet, known: Set<string>): number {
  let added = 0;
  for (const { sha256, bytes } of files) {
    if (!known.has(sha256)) added += bytes;
    known.add(sha256);
  }
  return added;
}

/** What is wrong with the images of backups. */
export async function verified(
  directory: string,
  names: readonly string[],
  watch: Watch,
): Promise<Answer> {
  const { repository, sets, findings } = await opened(directory);
  const chosen = names.length === 0 ? sets : names.map((name) => setNamed(sets, name));
  const faults = await reading(directory, () => verifyBackups(repository, chosen, watch));
  const all = [...findings, ...faults];
  return {
    findings: all,
    text: [
      `${counted(chosen.length, 'backup')} verified: ${all.length === 0 ? 'nothing is wrong' : counted(all.length, 'fault')}`,
    ],
    json: { repository: directory, verified: chosen.map(({ name }) => name) },
  };
}

/** A disk that was made of a backup. */
export async function restored(
  { repository: directory, name, directory: target }: RestoreRequest,
  watch: Watch,
): Promise<Answer> {
  const { repository, sets, findings } = await opened(directory);
  const set = setNamed(sets, name);
  await restoreStored(repository, set, target, watch);
  return {
    findings,
    text: [`${set.name} restored to ${target}`],
    json: { repository: directory, backup: recordOf(set), directory: target },
  };
}

/** A backup as JSON shows it. */
export function recordOf({ name, guid, size: bytes, files }: StoredSet): object {
  return { name, guid, size: bytes, files };
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}
