import type { DiagnosticCode } from '../../../packages/descriptor/src/diagnostics/codes.ts';
import type { Disk } from '../disk.ts';

/** A kind of situation: how to bring a healthy disk of any shape into it, and what must be found then. */
export interface Kind {
  readonly name: string;
  /** Brings the disk into it, at an image that a random number decides. */
  readonly make: (disk: Disk, level: number) => void;
  /** The images that it can be at. Default: all. */
  readonly at?: 'base' | 'delta' | 'below' | 'middle' | 'top';
  readonly code: DiagnosticCode;
  /** Other warnings and errors that may come with it. */
  readonly beside?: readonly DiagnosticCode[];
  /** What the finding says. */
  readonly says?: RegExp;
  /** The code that opening the top for an export fails with. */
  readonly opens?: DiagnosticCode;
}
