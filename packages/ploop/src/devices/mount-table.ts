import type { Steps } from '@ploop/descriptor/internal';
import { failureOf } from '@ploop/descriptor/node/internal';

import { unreadable } from '../io/failure.ts';
import { linkAt, namesIn, textOf } from '../io/kernel-files.ts';
import { ReadError } from '../io/read-error.ts';
import type { Layer, MountPoint } from './device.ts';
import { parseMountinfo, visibleMounts, type MountEntry } from './mountinfo.ts';

/** A host of a thousand containers has some megabytes. */
const MOUNTINFO_BYTES = 64 * 1024 * 1024;

/** The mounts that one mount namespace sees. */
export interface MountTable {
  readonly entries: readonly MountEntry[];
  /** A process of that namespace; absent for our own. */
  readonly pid?: number;
}

/** Which mount namespaces are looked at: that of this process, or those of all processes, which takes root. */
export type Namespaces = 'own' | 'all';

/**
 * The mounts of this process, and of other mount namespaces if asked for.
 *
 * @throws ReadError `KERNEL_UNREADABLE`
 */
export function* mountTables(proc: string, namespaces: Namespaces): Steps<readonly MountTable[]> {
  const path = `${proc}/self/mountinfo`;
  const text = yield* textOf(path, MOUNTINFO_BYTES);
  if (text === undefined) throw unreadable(path, 'there is no such file');
  const own = { entries: parseMountinfo(text) };
  return namespaces === 'own' ? [own] : [own, ...(yield* otherTables(proc))];
}

function* otherTables(proc: string): Steps<readonly MountTable[]> {
  const tables: MountTable[] = [];
  const seen = new Set([yield* linkAt(`${proc}/self/ns/mnt`)]);
  const processes = ((yield* namesIn(proc)) ?? []).filter((name) => /^\d{1,10}$/.test(name));
  for (const name of processes) {
    const namespace = yield* linkAt(`${proc}/${name}/ns/mnt`);
    if (namespace === undefined || seen.has(namespace)) continue;
    const text = yield* otherText(`${proc}/${name}/mountinfo`);
    // The process has ended; another one of its namespace may follow.
    if (text === undefined || text === '') continue;
    seen.add(namespace);
    tables.push({ entries: parseMountinfo(text), pid: Number(name) });
  }
  return tables;
}

/** The mounts of another process; `undefined` where it has ended, which has an error code of its own until the parent has waited. */
function* otherText(path: string): Steps<string | undefined> {
  try {
    return yield* textOf(path, MOUNTINFO_BYTES);
  } catch (error) {
    if (error instanceof ReadError && failureOf(error.cause) === 'EINVAL') return undefined;
    throw error;
  }
}

/** Where a table has what lies on a device: by number, or by the name of its node where the numbers are another driver's. */
export function mountPointsIn(
  { entries, pid }: MountTable,
  layers: readonly Layer[],
): readonly MountPoint[] {
  const numbers = new Set(layers.map(({ number }) => number));
  const nodes = new Set(layers.map(({ node }) => node));
  const byNumber = entries.filter(({ number }) => numbers.has(number));
  const mounts =
    byNumber.length > 0
      ? byNumber
      : entries.filter(({ number, source }) => nodes.has(source) && !number.startsWith('0:'));
  const visible = new Set(visibleMounts(entries, mounts));
  return mounts.map((entry) => ({
    path: entry.mountPoint,
    root: entry.root,
    hidden: !visible.has(entry),
    ...(pid !== undefined && { pid }),
  }));
}
