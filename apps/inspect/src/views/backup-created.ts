import { DescriptorError, diagnostic, guidKey, TOP_GUID } from '@ploop/descriptor';

import { createBackup } from '../backup/create-backup.ts';
import type { ConfineRequest } from '../input/confine.ts';
import { load } from '../input/load.ts';
import { snapshotNamed } from '../input/snapshot.ts';
import type { Answer } from '../output/answer.ts';
import { counted, recordOf, size, type Watch } from './backup-stored.ts';

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

/** The snapshot to back up. The top changes while a device runs on the disk, and is refused. */
async function guidOf(
  path: string,
  name: string | undefined,
  confine: ConfineRequest['confine'],
): Promise<string> {
  const { disk, findings } = await load(path);
  const [first, ...rest] = findings;
  if (disk === undefined && first !== undefined) throw new DescriptorError([first, ...rest]);
  const top = disk?.graph.top;
  const guid = name === undefined ? top?.parentGuid : await snapshotNamed(path, name, { confine });
  const node = guid === undefined ? undefined : disk?.graph.node(guid);
  const isTop = top !== undefined && guid !== undefined && guidKey(guid) === guidKey(top.guid);
  if (guid === undefined || isTop || (name === undefined && node === undefined))
    throw new DescriptorError([diagnostic('BACKUP_OF_TOP', { guid: top?.guid ?? TOP_GUID })]);
  return guid;
}
