const count = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const some = (value, show) => (value === undefined ? '-' : show(value));
const seconds = (value) => count(value, 3);
const times = (value) => count(value, 2);

/** Prints what was measured, a table each: ours, peer, ratio; then the bounds. */
export function print({ node, sizes, coreGzippedBytes, bounds }) {
  table(
    `parse + graph in process, warm (${node}, medians, microseconds)`,
    ['shots', 'file, bytes', 'in total', 'per shot'],
    sizes.map(({ shots, fileBytes, warmMicroseconds: total }) => [
      count(shots),
      count(fileBytes),
      count(total, 1),
      times(total / shots),
    ]),
  );
  table(
    'whole processes, start to exit (medians, seconds; ratio: peer / ours)',
    ['shots', 'ours', 'xmllint --noout', 'ratio', 'ploop snapshot-list', 'ratio'],
    sizes.map(({ shots, processSeconds: { ours, xmllint, tool } }) => [
      count(shots),
      seconds(ours),
      ...[xmllint, tool].flatMap((peer) => [
        some(peer, seconds),
        some(peer, (value) => times(value / ours)),
      ]),
    ]),
  );
  table(
    'peak memory of our process',
    ['shots', 'file, bytes', 'peak, bytes', 'ratio'],
    sizes.map(({ shots, fileBytes, processSeconds: { peakBytes } }) => [
      count(shots),
      count(fileBytes),
      count(peakBytes),
      times(peakBytes / fileBytes),
    ]),
  );
  console.log(`core entry, our own code, minified and gzipped: ${count(coreGzippedBytes)} bytes\n`);
  printBounds(bounds);
}

/** Prints what is promised and what was measured. */
export function printBounds(bounds) {
  table(
    'bounds',
    ['', 'bound', 'measured', ''],
    bounds.map(({ what, most, least, measured, reached }) => [
      what,
      most === undefined ? `>= ${count(least)}` : `<= ${most.toLocaleString('en-US')}`,
      some(measured, times),
      reached === undefined ? 'not measured' : reached ? 'ok' : 'NOT REACHED',
    ]),
  );
}

/** Prints one table. */
export function table(title, head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  );
  const line = (row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd();
  console.log([title, line(head), ...rows.map(line), ''].join('\n'));
}
