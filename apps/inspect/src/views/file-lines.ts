import { escapedName } from '@ploop/contents';

import type { Listed } from './file-list.ts';
import { minuteText, modeText } from './file-mode.ts';

/** Whether a column is flush right, as in `ls -l`. */
const RIGHT = [false, true, true, true, true];

/** Entries as `ls -bn` prints them, one a line, or as `ls -lbn --time-style=long-iso` does. */
export function entryLines(entries: readonly Listed[], isLong: boolean): readonly string[] {
  if (!isLong) return entries.map(({ name }) => escapedName(name));
  const minorWidth = entries.reduce((most, { stat }) => Math.max(most, minorOf(stat).length), 0);
  const rows = entries.map((entry) => cellsOf(entry, minorWidth));
  const widths = RIGHT.map((_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      RIGHT[column] === true
        ? cell.padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0),
    );
    return `${cells.join(' ')} ${nameOf(entries[index])}`;
  });
}

/** Bytes in a block of the total that `ls` prints. */
export function totalOf(entries: readonly Listed[]): string {
  const blocks = entries.reduce((sum, { stat }) => sum + (stat?.blocks ?? 0), 0);
  return `total ${String(Math.ceil(blocks / 2))}`;
}

function minorOf(stat: Listed['stat']): string {
  return stat?.device === undefined ? '' : String(stat.device.minor);
}

function cellsOf({ stat }: Listed, minorWidth: number): readonly string[] {
  if (stat === undefined) return ['??????????', '?', '?', '?', '?', '?'];
  const { links, uid, gid, size, device, modified } = stat;
  const content =
    device === undefined
      ? String(size)
      : `${String(device.major)}, ${minorOf(stat).padStart(minorWidth)}`;
  return [modeText(stat), String(links), String(uid), String(gid), content, minuteText(modified)];
}

function nameOf(entry: Listed | undefined): string {
  if (entry === undefined) return '';
  const { name, target } = entry;
  return target === undefined
    ? escapedName(name)
    : `${escapedName(name)} -> ${escapedName(target)}`;
}
