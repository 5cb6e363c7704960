import type { DiagnosticCode } from './diagnostics/codes.ts';
import { isRefusal, type Diagnostic } from './diagnostics/diagnostic.ts';
import { formatDiagnostic } from './diagnostics/format.ts';

/**
 * A descriptor or an image was bad. Carries all findings; `code`, `line`, `column` and `hint` are those of the
 * first finding for which the tool refuses the descriptor, else of the first error.
 */
export class DescriptorError extends Error {
  override readonly name = 'DescriptorError';
  readonly code: DiagnosticCode;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly hint: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]], options?: ErrorOptions) {
    const first =
      diagnostics.find(isRefusal) ??
      diagnostics.find((finding) => finding.severity === 'error') ??
      diagnostics[0];
    super(formatDiagnostic(first), options);
    this.code = first.code;
    this.line = first.line;
    this.column = first.column;
    this.hint = first.hint;
    this.diagnostics = diagnostics;
  }
}
