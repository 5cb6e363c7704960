import { stat } from 'node:fs/promises';

import { runAsync } from '@ploop/descriptor/internal';
import { deviceNumber } from '@ploop/descriptor/node/internal';

import { attribute, textOf } from '../io/kernel-files.ts';
import type { Roots } from '../io/roots.ts';
import type { PreflightFinding } from './finding.ts';

const LOCKS_BYTES = 64 * 1024 * 1024;

/** `1: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF`; who waits has an arrow after the number. */
const LOCK = /^\d+: (?:FLOCK|POSIX|OFDLCK) +\S+ +WRITE +(-?\d+) +([\da-f]+):([\da-f]+):(\d+) /;

/**
 * Who holds the lock of a disk: releases up to 8.0.58 lock the file `.lck` beside the descriptor, later ones the base
 * image. Where it is held, whatever takes the lock waits for 60 seconds.
 */
export async function checkLock(
  files: readonly string[],
  { proc }: Roots,
): Promise<readonly PreflightFinding[]> {
  const table = await runAsync(textOf(`${proc}/locks`, LOCKS_BYTES)).catch(() => undefined);
  if (table === undefined)
    return [
      {
        code: 'LOCK_UNKNOWN',
        severity: 'warning',
        message: `who holds the lock of the disk is not known: ${proc}/locks cannot be read`,
        data: {},
      },
    ];
  const held = parseLocks(table);
  for (const file of files) {
    const key = await keyOf(file);
    const pid = key === undefined ? undefined : held.get(key);
    if (pid === undefined) continue;
    const command = pid > 0 ? await commandOf(`${proc}/${String(pid)}`) : undefined;
    const holder = pid > 0 ? `process ${String(pid)} (${command ?? 'gone'})` : 'another container';
    return [
      {
        code: 'LOCK_HELD',
        severity: 'warning',
        message: `${holder} holds the lock of the disk, on ${file}`,
        hint: 'What changes the disk waits for it, for 60 seconds. Reads do not.',
        data: { file, pid: pid > 0 ? pid : undefined, command },
      },
    ];
  }
  return [
    { code: 'LOCK_FREE', severity: 'info', message: 'nobody holds the lock of the disk', data: {} },
  ];
}

/** The name of a process; `undefined` where it has ended, or is hidden. */
function commandOf(process: string): Promise<string | undefined> {
  return runAsync(attribute(`${process}/comm`)).catch(() => undefined);
}

/** Who holds which file: `major:minor:inode` → process. */
function parseLocks(table: string): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const line of table.split('\n')) {
    const [, pid, major, minor, inode] = LOCK.exec(line) ?? [];
    if (pid === undefined || major === undefined || minor === undefined) continue;
    const key = [Number.parseInt(major, 16), Number.parseInt(minor, 16), inode].join(':');
    held.set(key, Number(pid));
  }
  return held;
}

async function keyOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${deviceNumber(dev)}:${String(ino)}`;
  } catch {
    return undefined;
  }
}
