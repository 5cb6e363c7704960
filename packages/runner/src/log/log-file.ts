import { closeSync, constants, openSync, writeSync } from 'node:fs';

import { RefusedError } from '../errors/errors.ts';
import type { LogEntry, LogLevel, LogSink } from './log.ts';

// O_NONBLOCK: a FIFO that nobody reads must not stop this process.
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NONBLOCK;
/** What is logged can name what others should not know of. */
const MODE = 0o600;

/**
 * Appends lines to a file, `2026-11-22T08:46:30+0000 : Storing /p/DiskDescriptor.xml`, as libploop's log file has them. The
 * file is opened for each line: who rotates it by renaming finds the next line in a new one. Lines are written at once, so that
 * they are there when the process ends.
 *
 * @throws RefusedError `OPTION_INVALID` where the file cannot be written to at all.
 */
export function createLogFile(path: string, level: LogLevel): LogSink {
  try {
    append(path, '');
  } catch (error) {
    throw new RefusedError(
      'OPTION_INVALID',
      `cannot write to the log file ${path}: ${String(error)}`,
    );
  }
  let isFailing = false;
  return {
    level,
    write: (entry) => {
      try {
        append(path, lineOf(entry));
        isFailing = false;
      } catch (error) {
        // A full disk must not fail what is done to other disks.
        if (!isFailing)
          process.emitWarning(`cannot write to the log file ${path}: ${String(error)}`, {
            code: 'PLOOP_LOG_FILE',
          });
        isFailing = true;
      }
    },
  };
}

function append(path: string, text: string): void {
  const file = openSync(path, FLAGS, MODE);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Exported for its test. */
export function lineOf({ time, text }: Pick<LogEntry, 'time' | 'text'>): string {
  const offset = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(offset / 60)}${two(offset % 60)} : ${text}\n`;
}
