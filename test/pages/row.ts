import type { DiagnosticCode } from '../../packages/descriptor/src/diagnostics/codes.ts';
import type { Disk } from './disk.ts';
import type { Shape } from './shape.ts';

/** A command line, and how it must end. */
export interface Call {
  /** As the page has it; absent where the page says it in words. */
  readonly command?: string;
  /** The whole command line, where the page has a part of it. Default: `command`. */
  readonly run?: string | ((disk: Disk) => string);
  /** Default: 0. */
  readonly exit?: number | 'signal';
  /** Done by hand before. */
  readonly first?: (disk: Disk) => void;
}

/** A command of a page, run on a fresh copy of the disk that has the defect. */
export interface Try extends Call {
  /** What it prints. */
  readonly says?: RegExp;
  /** Done by hand afterwards, before the states are read. */
  readonly then?: (disk: Disk) => void;
  /** A finding of the disk afterwards. */
  readonly finds?: DiagnosticCode;
  /** What becomes of the states that the disk has afterwards. Default: `kept`. */
  readonly data?: 'kept' | 'lost' | 'any';
  /** What they are compared with: the disk with its defect, or before it. Default: `found`. */
  readonly like?: 'healthy' | 'found';
}

/** How a page mends the defect, on a fresh copy of the disk that has it. */
export interface Mending {
  /** Commands, and what a person does by hand. */
  readonly steps: readonly (Call | ((disk: Disk) => void))[];
  /** Whether the states must read as on the disk before its defect, or as on the disk with it; `content`: a step looks. Default: `healthy`. */
  readonly like?: 'healthy' | 'found' | 'content';
  /** The GUIDs that the mending changes: from the new one to the one before. */
  readonly was?: Readonly<Record<string, string>>;
  /** Findings, worse than notes, that the mending may add. */
  readonly leaves?: readonly DiagnosticCode[];
}

/** A page: how to make a disk with its defect, what its commands do to it, and what mends it. */
export interface Row {
  readonly page: string;
  readonly shape?: Partial<Shape>;
  /** Whether what is on the disk is looked at as well. */
  readonly content?: boolean;
  readonly make: (disk: Disk) => void;
  /** What is found instead of the code of the page: it is about a call, not about a disk. */
  readonly finds?: readonly DiagnosticCode[];
  /** Other findings that come with the defect. */
  readonly beside?: readonly DiagnosticCode[];
  /** What the hint of the finding says. */
  readonly hint?: RegExp;
  readonly tries?: readonly Try[];
  readonly mends?: readonly Mending[];
}
