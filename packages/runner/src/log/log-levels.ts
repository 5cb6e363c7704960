interface Row {
  readonly level: 1 | 3;
  readonly lines: RegExp;
}

/** The tool's lines above level 0, which it does not mark. */
const rows: readonly Row[] = [
  {
    level: 1,
    lines:
      /^(?:Running: |Dropping image |Killing (?:the trim )?process |Can't find running ploop device|Call FITRIM|Warning: Unable to delete snapshot )/,
  },
  {
    level: 3,
    lines:
      /^(?:Adding snapshot \{|del snapshot \{|Reopen rw |RCV |Update inuse state |DM message: |update partition table|Retrying umount |Trying to find free extents|Waiting$)/,
  },
];

/** The level of a line that the tool wrote to stdout. */
export function levelOf(line: string): 0 | 1 | 3 {
  return rows.find(({ lines }) => lines.test(line))?.level ?? 0;
}
