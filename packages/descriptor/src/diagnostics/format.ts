import { printable } from '../render/printable.ts';
import { catalog } from './catalog.ts';
import type { DiagnosticCode, DiagnosticData } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';

function words<Code extends DiagnosticCode>(code: Code, data: DiagnosticData[Code]): string {
  return catalog[code].text(data);
}

/** Texts of a document can be megabytes long. */
const LONGEST = 1_000;

/**
 * A finding as one English line: `12:9 GUID_INVALID "x" is not a GUID`, before it the descriptor where that is a parent
 * volume's. For people; programs use `code` and `data`.
 */
export function formatDiagnostic(finding: Diagnostic): string {
  const { code, data, disk, line, column } = finding;
  const owner = disk === undefined ? '' : `${JSON.stringify(disk)} `;
  const place = line === undefined ? '' : `${String(line)}:${String(column ?? 1)} `;
  const sentence = printable(`${owner}${place}${code} ${words(code, data)}`);
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}…` : sentence;
}
