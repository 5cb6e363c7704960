import { describe, expect, test } from 'vitest';

import { catalog } from '../src/diagnostics/catalog.ts';
import type { DiagnosticCode } from '../src/diagnostics/codes.ts';
import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import { operationsHint, type Operation } from '../src/diagnostics/operations.ts';
import { hintedTogether } from '../src/diagnostics/together.ts';
import { textsOfOnes } from './data-of-ones.ts';

const codes = Object.keys(catalog) as readonly DiagnosticCode[];

/** Steps that change a disk, its descriptor or the files beside it. */
const WRITES =
  /`(?:cp|dd|mv|rm|truncate|sgdisk -e|gdisk|e2fsck -f?y|xfs_repair|qemu-img check -r|ploop (?:check -|convert|merge|replace|restore-descriptor|snapshot))|\bploop snapshot-|\b(?:add|correct|delete|exchange|give each|mend|move|put|remove|rename|replace|save|spell|write|zero)\b/i;
/** Clauses that warn of a step. */
const WARNS =
  /\b(?:do not|never|no|nothing|nobody|rather than|refuses?|cuts?|gives? up|drops?|loses?|hides?|destroys?)\b/i;
/** What makes a step safe. */
const COPIES = /\b(?:cop(?:y|ies)|backups?|back up|exports?|another name|other storage)\b/i;

/** Hints without a copy before a change, and why that is safe. */
const SAFE: Readonly<Partial<Record<DiagnosticCode, string>>> = {
  EXPORT_TO_TERMINAL: 'it is about a call',
  FINDINGS_OMITTED: 'the hints of the other findings say how',
  GUID_DUPLICATE: 'it names what goes wrong',
  LINK_OUTSIDE: 'where a symlink leads is all of it, and is noted before',
  OPTION_INVALID: 'it is about a call',
  OWNER_NOT_KEPT: 'it is about a call',
};

/** Clauses of a hint that ask for a change before a copy. */
function unsafeIn(hint: string): readonly string[] {
  const clauses = hint.split(/(?<=[.:;]) |, then /);
  return clauses.filter(
    (clause, index) =>
      !COPIES.test(clauses.slice(0, index + 1).join(' ')) &&
      WRITES.test(clause) &&
      !WARNS.test(clause),
  );
}

describe('hints ask for a copy before a change', () => {
  test.each(codes)('%s', (code) => {
    const { hint } = catalog[code];
    const hints = typeof hint === 'string' ? [hint] : textsOfOnes(hint);
    const unsafe = hints.flatMap(unsafeIn);
    expect(unsafe.length > 0, unsafe.join('\n')).toBe(SAFE[code] !== undefined);
  });

  test('of findings that come together', () => {
    const findings = codes.map((code) => {
      const data = { file: 'root.hdd' };
      return { code, severity: 'info', data, hint: '' } as unknown as Diagnostic;
    });
    const hints = new Set(
      findings.flatMap((finding) =>
        findings.map((other) => hintedTogether([finding, other])[0]?.hint ?? ''),
      ),
    );
    expect(hints.size).toBeGreaterThan(15);
    // The hint of the other finding says how.
    const refersOn = /\b[A-Z]+_[A-Z_]+\b/;
    expect([...hints].flatMap(unsafeIn).filter((clause) => !refersOn.test(clause))).toEqual([]);
  });

  test('of operations that were interrupted: the prepared descriptor is copied first', () => {
    const operation: Operation = 'merge';
    const { hint } = catalog.OPERATION_INTERRUPTED;
    const said = typeof hint === 'string' ? hint : hint({ file: 'x', operations: [operation] });
    expect(said).toMatch(/^See that nothing is running, and keep a copy/);
    expect(said).toContain(operationsHint([operation]));
  });
});
