import { DescriptorError, diagnostic, type Diagnostic } from '@ploop/descriptor';
import { reasonOf } from '@ploop/descriptor/node/internal';

import { NbdError } from './protocol/served-disk.ts';

/** Hands on findings about disks. */
export type Report = (findings: readonly Diagnostic[]) => void;

/** Clients can run into the same damage for ever. */
const MOST_FINDINGS = 1000;

/** Hands on each finding once, and no more than 1,000. */
export function reportOnce(onFinding: ((finding: Diagnostic) => void) | undefined): Report {
  const known = new Set<string>();
  return (findings) => {
    for (const finding of findings) {
      const key = JSON.stringify([finding.code, finding.data]);
      if (known.has(key) || known.size >= MOST_FINDINGS) continue;
      known.add(key);
      onFinding?.(finding);
    }
  };
}

/** What an error that a disk throws says of it. */
export function findingsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof DescriptorError) return error.diagnostics;
  if (error instanceof NbdError) return findingsOf(error.cause);
  return [diagnostic('FILE_UNREADABLE', { file: 'the disk', reason: reasonOf(error) })];
}
