import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

import type { DiskRow } from './row.ts';
import type { ScanResult } from './scan.ts';

const NUMBERS = ['fileBytes', 'stored', 'snapshots', 'errors', 'warnings'] as const;
const LONGEST_LINE = 1 << 20;

/** Reads back what scans of one or many hosts have printed as JSON lines. */
export async function readRows(
  files: readonly string[],
  onRow: (row: DiskRow) => Promise<void>,
): Promise<ScanResult> {
  const rows: DiskRow[] = [];
  const errors: string[] = [];
  let isMissing = false;
  for (const file of files) {
    let number = 0;
    try {
      const input = createReadStream(file, 'utf8');
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        number += 1;
        if (line === '') continue;
        const row = parsed(line);
        if (row === undefined)
          errors.push(
            `${JSON.stringify(file)}, line ${String(number)}: this is not a disk of a scan`,
          );
        else {
          rows.push(row);
          await onRow(row);
        }
      }
    } catch (error) {
      isMissing = true;
      errors.push(`cannot read ${JSON.stringify(file)}: ${messageOf(error)}`);
    }
  }
  return { rows, errors, isMissing };
}

function parsed(line: string): DiskRow | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is DiskRow {
  if (typeof value !== 'object' || value === null) return false;
  const row = value as Readonly<Record<string, unknown>>;
  const { host, path, accepted, codes, size } = row;
  return (
    typeof host === 'string' &&
    typeof path === 'string' &&
    typeof accepted === 'boolean' &&
    Array.isArray(codes) &&
    codes.every((code) => typeof code === 'string') &&
    (size === undefined || isCount(size)) &&
    NUMBERS.every((name) => isCount(row[name]))
  );
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
