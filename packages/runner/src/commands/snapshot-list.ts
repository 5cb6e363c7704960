import { parseGuid, type Guid } from '@ploop/descriptor';

import { optionalGuid } from '../argv/guids.ts';
import { flag, option } from '../argv/options.ts';
import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';

/** Input of `ploop snapshot-list`. */
export interface SnapshotListInput {
  readonly descriptor: string;
  /** Only this shot and those below it, down to the base. */
  readonly guid?: Guid | undefined;
  /** Leaves the top out; the shot below it counts as current (1.11 and later). */
  readonly snapshotsOnly?: boolean | undefined;
}

/** One shot as `ploop snapshot-list` reports it. */
export interface SnapshotListRow {
  readonly guid: Guid;
  readonly parentGuid: Guid;
  /** Whether it is the top. */
  readonly current: boolean;
  /** Absolute path; absent where the descriptor has no image for the shot. */
  readonly file: string | undefined;
}

// 1.15, 7.0.280, 9.0.30:
// {5fbaabe3-6958-40ff-92a7-860e329aab41} {11111111-1111-1111-1111-111111111111} * /vz/root.hdd.{da4f2e4e-…}
const ROW = /^(\{[^ ]*\}) (\{[^ ]*\}) ([* ]) ([^]*)$/;

/**
 * `ploop snapshot-list`: the shots in file order. Takes no lock and opens no image. Temporary shots are not distinguished.
 * Exit code 1 for every failure. File names that hold a line break cannot be distinguished from further rows.
 */
export const snapshotList: Command<SnapshotListInput, readonly SnapshotListRow[]> = {
  name: 'snapshot-list',
  verbosity: -1,
  mutates: false,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor, guid, snapshotsOnly }) => [
    '-H',
    '-o',
    'uuid,parent_uuid,current,fname',
    ...flag('-s', snapshotsOnly),
    ...option('-u', optionalGuid(guid)),
    descriptorPath(descriptor),
  ],
  parse: (stdout, { snapshotsOnly }) => {
    const rows = stdout.split('\n').slice(0, -1).map(parseRow);
    const value = rows.filter((row) => row !== undefined);
    // A disk without snapshots has no row then; otherwise it has one at least.
    if (stdout === '' && snapshotsOnly === true) return { value: [] };
    return value.length === rows.length && value.length > 0 && stdout.endsWith('\n')
      ? { value }
      : { expected: 'rows of GUID, parent GUID, current mark and file' };
  },
};

function parseRow(line: string): SnapshotListRow | undefined {
  const [, own, parent, mark, file] = ROW.exec(line) ?? [];
  const guid = parseGuid(own ?? '');
  const parentGuid = parseGuid(parent ?? '');
  if (guid === undefined || parentGuid === undefined || file === undefined) return undefined;
  return { guid, parentGuid, current: mark === '*', file: file === '' ? undefined : file };
}
