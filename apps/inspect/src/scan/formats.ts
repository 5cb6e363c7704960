import { printable } from '@ploop/descriptor';
import prettyBytes from 'pretty-bytes';

import { counted } from '../output/counted.ts';
import { toTable } from '../output/table.ts';
import { toJson } from '../output/text.ts';
import { prometheusLines } from './prometheus.ts';
import type { DiskRow } from './row.ts';
import type { ScanResult } from './scan.ts';

/** How disks are printed. */
export type ScanFormat = 'text' | 'json' | 'jsonl' | 'prometheus';

/** A row a format. Lines of JSON are printed as disks are found. */
export const SCAN_FORMATS: Readonly<Record<ScanFormat, (result: ScanResult) => readonly string[]>> =
  {
    text: textLines,
    json: ({ rows, errors }) => [toJson({ disks: rows, totals: totalsOf(rows), errors })],
    jsonl: () => [],
    prometheus: ({ rows, errors }) => prometheusLines(rows, errors.length),
  };

const MOST_CODES = 3;

function textLines({ rows }: ScanResult): readonly string[] {
  if (rows.length === 0) return ['No disks were found.'];
  const hosts = new Set(rows.map(({ host }) => host));
  const isMany = hosts.size > 1;
  const totals = totalsOf(rows);
  return [
    ...toTable([
      [
        'ERRORS',
        'WARNINGS',
        'SIZE',
        'FILES',
        'STORED',
        'SNAPSHOTS',
        ...(isMany ? ['HOST'] : []),
        'DISK',
        '',
      ],
      ...rows.map((row) => [
        String(row.errors),
        String(row.warnings),
        row.size === undefined ? '-' : size(row.size),
        size(row.fileBytes),
        size(row.stored),
        String(row.snapshots),
        ...(isMany ? [row.host] : []),
        row.path.replace(/\/DiskDescriptor\.xml$/, ''),
        codesOf(row),
      ]),
    ]),
    '',
    printable(
      `${counted(totals.disks, 'disk')}, ${String(totals.withErrors)} with errors, ${String(totals.withWarnings)} with warnings alone; ${size(totals.stored)} stored of ${size(totals.fileBytes)}`,
    ),
  ];
}

function codesOf({ codes }: DiskRow): string {
  const more = codes.length - MOST_CODES;
  return [...codes.slice(0, MOST_CODES), ...(more > 0 ? [`${String(more)} more`] : [])].join(', ');
}

function totalsOf(rows: readonly DiskRow[]) {
  const sum = (pick: (row: DiskRow) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  return {
    disks: rows.length,
    withErrors: sum(({ errors }) => (errors > 0 ? 1 : 0)),
    withWarnings: sum(({ errors, warnings }) => (errors === 0 && warnings > 0 ? 1 : 0)),
    snapshots: sum(({ snapshots }) => snapshots),
    fileBytes: sum(({ fileBytes }) => fileBytes),
    stored: sum(({ stored }) => stored),
  };
}

function size(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}
