import type { DiagnosticCode, DiagnosticData } from './codes.ts';

/**
 * What of a descriptor a finding is about: its n-th image or its n-th shot, counted from 0; of a split disk a `Storage`,
 * counted from 1, or the n-th image of that one. Absent: the whole.
 */
export type Subject =
  | { readonly image: number; readonly storage?: number }
  | { readonly shot: number }
  | { readonly storage: number };

/** Where a check puts what it found. */
export type ReportFinding = <Code extends DiagnosticCode>(
  code: Code,
  data: DiagnosticData[Code],
  subject?: Subject,
) => void;
