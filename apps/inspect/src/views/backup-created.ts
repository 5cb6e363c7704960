import { openSnapshot } from '@ploop/offline';

import { createBackup } from '../backup/create-backup.ts';
import type { Watch } from '../backup/watch.ts';
import type { ConfineRequest } from '../input/confine.ts';
import { snapshotNamed } from '../input/snapshot.ts';
import type { Answer } from '../output/answer.ts';
import { counted } from '../output/counted.ts';
import { recordOf, size } from './backup-stored.ts';

/** What to back up, and where to. */
export interface CreateRequest extends ConfineRequest {
  readonly path: string;
  readonly repository: string;
  /** As typed; the newest snapshot below the top where it is left out. */
  readonly snapshot?: string | undefined;
}

/** A backup that was made. */
export async function created(
  { path, repository, snapshot, confine }: CreateRequest,
  watch: Watch,
): Promise<Answer> {
  const guid = await guidOf(path, snapshot, confine);
  const { set, copied } = await createBackup(path, guid, repository, {
    ...watch,
    confine,
    now: new Date(),
  });
  return {
    findings: [],
    text: [
      `${set.name}: ${counted(set.files.length, 'image')} of ${set.guid}, ${size(copied)} copied`,
    ],
    json: { path, repository, backup: recordOf(set), copied },
  };
}

/** The GUID of the snapshot to back up: the one that was named, else the newest below the top. */
async function guidOf(
  path: string,
  name: string | undefined,
  confine: ConfineRequest['confine'],
): Promise<string> {
  const named = name === undefined ? undefined : await snapshotNamed(path, name, { confine });
  if (named !== undefined) return named;
  const snapshot = await openSnapshot(path, undefined, { confine });
  try {
    const [top, below] = [...new Set(snapshot.images.map(({ guid }) => guid))].toReversed();
    // `backupSet` refuses the top.
    return (name === undefined ? below : top) ?? snapshot.guid;
  } finally {
    await snapshot.close();
  }
}
