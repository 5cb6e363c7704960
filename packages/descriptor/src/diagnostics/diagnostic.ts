import { catalog } from './catalog.ts';
import type { DiagnosticCode, DiagnosticData } from './codes.ts';
import type { Hint, Severity } from './entry.ts';
import { escaped } from './escaped.ts';

/** Where in a descriptor a finding is. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  /** Absolute path of the descriptor that it is about, where that is a parent volume's. */
  readonly disk?: string;
  /** Of the element, as an XPath: `/Parallels_disk_image/StorageData/Storage/Image[2]/GUID`. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

interface Finding<Code extends DiagnosticCode> extends Position {
  readonly code: Code;
  readonly severity: Severity;
  readonly data: DiagnosticData[Code];
  /** What to do about it. */
  readonly hint: string;
}

/** One finding about a descriptor or an image. Distinguish findings by `code`, never by their words. */
export type Diagnostic = { [Code in DiagnosticCode]: Finding<Code> }[DiagnosticCode];

/** The finding of one code, its severity and hint taken from the catalogue. */
export function diagnostic<Code extends DiagnosticCode>(
  code: Code,
  data: DiagnosticData[Code],
  position: Position = {},
): Diagnostic {
  const { severity, hint } = catalog[code];
  const said = hintFor(hint, data);
  return { code, severity, ...position, data, hint: said } satisfies Finding<Code> as Diagnostic;
}

function hintFor<Data extends object>(hint: Hint<Data>, data: Data): string {
  return typeof hint === 'string' ? hint : hint(escaped(data));
}

/** Whether the tool refuses a descriptor because of this finding. */
export function isRefusal(finding: Diagnostic): boolean {
  return isRefusing(finding.code);
}

/** Whether the tool refuses a descriptor because of findings with this code. */
export function isRefusing(code: DiagnosticCode): boolean {
  return catalog[code].refused;
}
