import type { DiagnosticCode, DiagnosticData } from '../diagnostics/codes.ts';
import type { XmlElement } from '../xml/element.ts';

/** Where a rule puts what it found; `at` is the element it is about. */
export type Report = <Code extends DiagnosticCode>(
  code: Code,
  data: DiagnosticData[Code],
  at?: XmlElement,
) => void;
