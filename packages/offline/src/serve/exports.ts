import { guidKey, parseGuidArgument } from '@ploop/descriptor';

import type { Lease, ServedDisk, ServedExports } from './protocol/served-disk.ts';

/** A disk that is open for its clients. */
export interface OpenedExport {
  readonly disk: ServedDisk;
  readonly close: () => Promise<void>;
}

/** A disk that clients can ask for. */
export interface ExportRow {
  /** A GUID, or the ID of a snapshot inside a qcow2 image. */
  readonly name: string;
  readonly description: string;
  readonly open: () => Promise<OpenedExport>;
}

/** The exports of a server, opened when they are needed. */
export interface Exports extends ServedExports {
  /** Closes what is open. Nothing may be in use. */
  readonly close: () => Promise<void>;
}

interface Entry {
  readonly opened: Promise<OpenedExport>;
  users: number;
}

/** Most exports that are open at a time: each takes files and memory. */
const MOST_OPEN = 8;

/** The exports of these rows. The first one is the default, too. */
export function createExports(rows: readonly [ExportRow, ...ExportRow[]]): Exports {
  const entries = new Map<ExportRow, Entry>();
  const [first] = rows;

  function rowOf(name: string): ExportRow | undefined {
    if (name === '') return first;
    const key = keyOf(name);
    return rows.find((row) => row.name === name) ?? rows.find((row) => keyOf(row.name) === key);
  }

  async function makeRoom(): Promise<void> {
    if (entries.size < MOST_OPEN) return;
    const [idle] = [...entries].filter(([row, { users }]) => users === 0 && row !== first);
    if (idle === undefined) throw new Error('too many exports are in use');
    const [row, { opened }] = idle;
    entries.delete(row);
    await (await opened).close();
  }

  async function entryOf(row: ExportRow): Promise<Entry> {
    const found = entries.get(row);
    if (found !== undefined) return found;
    await makeRoom();
    // Another client may have asked for it meanwhile.
    const entry = entries.get(row) ?? { opened: row.open(), users: 0 };
    entries.set(row, entry);
    return entry;
  }

  async function lease(row: ExportRow): Promise<Lease> {
    const entry = await entryOf(row);
    entry.users += 1;
    let isUsed = true;
    const release = (): void => {
      if (isUsed) entry.users -= 1;
      isUsed = false;
    };
    try {
      return { disk: (await entry.opened).disk, release };
    } catch (error) {
      release();
      if (entries.get(row) === entry) entries.delete(row);
      throw error;
    }
  }

  return {
    list: [
      { name: '', description: `default: ${first.description}` },
      ...rows.map(({ name, description }) => ({ name, description })),
    ],
    open: (name) => {
      const row = rowOf(name);
      return row === undefined ? Promise.resolve(undefined) : lease(row);
    },
    close: async () => {
      const opened = [...entries.values()];
      entries.clear();
      for (const entry of opened) {
        const done = await entry.opened.catch(() => undefined);
        await done?.close();
      }
    },
  };
}

function keyOf(name: string): string {
  const guid = parseGuidArgument(name);
  return guid === undefined ? name : guidKey(guid);
}
