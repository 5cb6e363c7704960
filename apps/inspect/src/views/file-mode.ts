import type { FileStat, FileType, Timestamp } from '@ploop/contents';

const LETTERS: Readonly<Record<FileType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  'block-device': 'b',
  'character-device': 'c',
};
/** The bit that takes the place of each `x`, and how it is written with and without the `x`. */
const SPECIAL = [
  [0o4000, 's', 'S'],
  [0o2000, 's', 'S'],
  [0o1000, 't', 'T'],
] as const;

/** Type and permissions as `ls -l` writes them: `drwxr-xr-x`. */
export function modeText({ type, mode }: Pick<FileStat, 'type' | 'mode'>): string {
  const groups = SPECIAL.map(([bit, both, alone], index) => {
    const bits = (mode >>> (6 - 3 * index)) & 7;
    const executes = (bits & 1) !== 0;
    const last = (mode & bit) !== 0 ? (executes ? both : alone) : executes ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  });
  return LETTERS[type] + groups.join('');
}

/** To the nanosecond, in UTC: `2026-12-01 11:25:54.123456789`. */
export function timeText({ seconds, nanoseconds }: Timestamp): string {
  return `${dateOf(seconds, 19)}.${String(nanoseconds).padStart(9, '0')}`;
}

/** To the minute, in UTC: `2026-12-01 11:25`. */
export function minuteText({ seconds }: Timestamp): string {
  return dateOf(seconds, 16);
}

/** Years beyond 9999 have a sign and six digits. */
function dateOf(seconds: number, length: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `@${String(seconds)}`;
  const text = date.toISOString().replace('T', ' ');
  return text.slice(0, length + text.indexOf('-', 1) - 4);
}
