import { catalog } from './catalog.ts';
import type { DiagnosticCode, DiagnosticData } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';
import { quoted } from './entry.ts';
import { escaped } from './escaped.ts';
import { printable } from './printable.ts';

function words<Code extends DiagnosticCode>(code: Code, data: DiagnosticData[Code]): string {
  return catalog[code].text(escaped(data));
}

/** Texts of a document can be megabytes long. */
const LONGEST = 1_000;

/** The sentence of a finding, without its code and place; at most 1,000 characters of it. */
export function messageOf({ code, data }: Diagnostic): string {
  return shortened(words(code, data));
}

/**
 * A finding as one English line: `12:9 GUID_INVALID "x" is not a GUID`, before it the descriptor where that is a parent
 * volume's. For people; programs use `code` and `data`.
 */
export function formatDiagnostic(finding: Diagnostic): string {
  const { code, data, disk, line, column } = finding;
  const owner = disk === undefined ? '' : `${quoted(printable(disk))} `;
  const place = line === undefined ? '' : `${String(line)}:${String(column ?? 1)} `;
  return shortened(`${owner}${place}${code} ${words(code, data)}`);
}

function shortened(sentence: string): string {
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}…` : sentence;
}
