import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';

/** What a run says it did to files. Paths are absolute. */
export interface ReportedFiles {
  /** Deltas, under names that the tool makes up for each run. */
  readonly created: readonly string[];
  /** Descriptors that were written, most of them to be renamed: `DiskDescriptor.xml.tmp`. */
  readonly stored: readonly string[];
  readonly removed: readonly string[];
  /** Pairs of GUIDs as the tool spells them. */
  readonly merged: readonly { readonly upper: string; readonly lower: string }[];
  /** Whether the base image was converted, which leaves copies of it if it is ended early. */
  readonly converted: boolean;
}

// 1.15, 7 and 9, at level 0; with a time before each line in the log file of libploop:
// "Creating delta /p/root.hdd.{…} bs=2048 size=32768 sectors v1"
// "Storing /p/DiskDescriptor.xml.tmp", "Removing /p/root.hdd.{…}", "Converting image to raw..."
// "Offline snapshot merge {upper} -> {lower}"
const TIME = String.raw`^(?:\[ *\d+\.\d+\] )?`;
const CREATED = new RegExp(`${TIME}Creating delta (/.+) bs=\\d+ size=\\d+ sectors(?: v\\d+)?$`);
const STORED = new RegExp(`${TIME}Storing (/.+)$`);
const REMOVED = new RegExp(`${TIME}Removing (/.+)$`);
const MERGED = new RegExp(`${TIME}\\w+ snapshot merge (\\{[^}]+\\}) -> (\\{[^}]+\\})`);
const CONVERTED = new RegExp(`${TIME}Converting image to `);

/**
 * What a run did to files, by the lines it printed. The tool names a file right before it touches it and writes each line at
 * once, so the lines of a run that was killed are complete.
 */
export function reportedFiles(outcome: { readonly stdout: string }): ReportedFiles {
  requireCall(FUNCTIONS.reportedFiles, [outcome]);
  const { stdout } = outcome;
  const lines = stdout.split('\n');
  const firsts = (pattern: RegExp): readonly string[] =>
    lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  return {
    created: firsts(CREATED),
    stored: firsts(STORED),
    removed: firsts(REMOVED),
    merged: lines.flatMap((line) => {
      const [, upper, lower] = MERGED.exec(line) ?? [];
      return upper === undefined || lower === undefined ? [] : [{ upper, lower }];
    }),
    converted: lines.some((line) => CONVERTED.test(line)),
  };
}
