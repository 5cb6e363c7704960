const number = (value, digits) =>
  value === undefined || !Number.isFinite(value)
    ? '-'
    : value.toLocaleString('en-US', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });

/** Prints what was measured, a table each: ours, peer, ratio; then the bounds. */
export function print({ node, rows, locked, bounds }) {
  table(
    `a read, asked again (${node}, fastest rounds, microseconds)`,
    [
      'shots',
      'read',
      'sync',
      'libploop',
      'sync / libploop',
      'async',
      'forked tool',
      'tool / sync',
      'tool / async',
    ],
    rows.map(({ shots, read, sync, libploop, async, tool }) => [
      number(shots, 0),
      read,
      number(sync, 2),
      number(libploop, 2),
      number(sync / libploop, 2),
      number(async, 1),
      number(tool, 0),
      number(tool / sync, 0),
      number(tool / async, 0),
    ]),
  );
  table(
    'the same with { cache: false }',
    [
      'shots',
      'read',
      'sync',
      'libploop',
      'sync / libploop',
      'async',
      'tool / sync',
      'tool / async',
    ],
    rows.map(({ shots, read, uncachedSync, libploop, uncachedAsync, tool }) => [
      number(shots, 0),
      read,
      number(uncachedSync, 1),
      number(libploop, 2),
      number(uncachedSync / libploop, 2),
      number(uncachedAsync, 1),
      number(tool / uncachedSync, 0),
      number(tool / uncachedAsync, 0),
    ]),
  );
  if (locked !== undefined)
    table(
      `while another process holds the lock of the disk for ${number(locked.heldMs / 1000, 0)} s (milliseconds)`,
      ['slowest of our reads, median', 'of all', 'libploop, topDelta'],
      [[number(locked.oursMs, 3), number(locked.slowestMs, 3), number(locked.libploopMs, 0)]],
    );
  table(
    'bounds',
    ['', 'bound', 'measured', ''],
    bounds.map(({ what, most, least, measured, reached }) => [
      what,
      most === undefined ? `>= ${number(least, 0)}` : `<= ${number(most, 2)}`,
      number(measured, 2),
      reached === undefined ? 'not measured' : reached ? 'ok' : 'NOT REACHED',
    ]),
  );
}

/** Prints a table of texts. */
export function table(title, head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  );
  const line = (row) =>
    row
      .map((cell, column) =>
        (column === 0 || head[column] === 'read') && head.length !== 3
          ? cell.padEnd(widths[column])
          : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd();
  console.log([title, line(head), ...rows.map(line), ''].join('\n'));
}
