import { diagnostic, type Diagnostic, type DiskDescriptor, resolveFile } from '@ploop/descriptor';
import type { Operation } from '@ploop/descriptor/internal';

import { operationsBetween } from './operations-between.ts';

/** A disk and what an operation on it prepared. */
interface Prepared {
  /** Absolute path of the file that was prepared. */
  readonly file: string;
  readonly bytes: number | undefined;
  /** The descriptor in it, if there is one. */
  readonly descriptor: DiskDescriptor | undefined;
}

/** The finding about a descriptor that an operation prepared: which operation that was, by what it would have changed. */
export function interruptedOperation(
  { file, bytes, descriptor }: Prepared,
  disk: { readonly directory: string; readonly descriptor?: DiskDescriptor | undefined },
): Diagnostic {
  const found = (operations: readonly Operation[], evidence: string): Diagnostic =>
    diagnostic('OPERATION_INTERRUPTED', {
      ...{ file, evidence },
      ...(operations.length > 0 && { operations }),
    });
  if (file.endsWith('.vol.tmp')) return found(['volume'], 'by its name');
  if (bytes === 0) return found([], 'it is empty: it was still being written when that ended');
  if (descriptor === undefined)
    return found([], 'it is not a whole descriptor: it was still being written');
  if (disk.descriptor === undefined)
    return found([], 'the descriptor cannot be read to compare it with');
  const { operations, evidence } = operationsBetween(disk.descriptor, descriptor, (name) =>
    resolveFile(disk.directory, name),
  );
  return found(operations, evidence);
}
