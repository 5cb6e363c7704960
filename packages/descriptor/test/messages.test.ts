import { describe, expect, test } from 'vitest';

import { catalog } from '../src/diagnostics/catalog.ts';
import type { DiagnosticCode, DiagnosticData } from '../src/diagnostics/codes.ts';
import { DescriptorError, diagnostic, formatDiagnostic } from '../src/index.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const HOSTILE = '\x1b[2J\x9b1m\0\b\r\n\x7f\u2028\u2029\u202E\u2066\u200B\uFEFF\uD800';

/** Data of which every member is hostile, whatever its name; lists have one item. */
function hostileData(member: unknown): never {
  return new Proxy({}, { get: () => member }) as never;
}

/** Of codes whose data has texts beside lists. */
const mixed: { readonly [Code in DiagnosticCode]?: DiagnosticData[Code] } = {
  IMAGE_LINKED: { guid: HOSTILE, file: HOSTILE, links: 2, others: [HOSTILE] },
  DELTA_MISSING: {
    guid: HOSTILE,
    file: HOSTILE,
    whole: HOSTILE,
    candidates: [{ file: HOSTILE, name: HOSTILE, because: [HOSTILE] }],
  },
  SPARE_DELTA_MISSING: {
    guid: HOSTILE,
    file: HOSTILE,
    candidates: [{ file: HOSTILE, name: HOSTILE, because: [HOSTILE] }],
  },
  DELTA_OUTSIDE: {
    guid: HOSTILE,
    file: HOSTILE,
    within: HOSTILE,
    candidates: [{ file: HOSTILE, name: HOSTILE, because: [HOSTILE] }],
  },
  DELTA_ORPHANED: { file: HOSTILE, bytes: 1, like: HOSTILE, sectors: 1, mayBe: [HOSTILE] },
  DESCRIPTOR_MISSING: {
    directory: HOSTILE,
    images: [{ file: HOSTILE, bytes: 1, inUse: true, kind: HOSTILE }],
    disks: [],
  },
  DESCRIPTOR_RIVAL: {
    file: HOSTILE,
    images: [
      { guid: HOSTILE, file: HOSTILE, bytes: 1, modified: HOSTILE, inUse: true, isTop: true },
    ],
    needs: [HOSTILE],
  },
  DESCRIPTOR_USABLE: { file: HOSTILE, images: 2, missing: [HOSTILE], modified: HOSTILE },
  OPERATION_INTERRUPTED: { file: HOSTILE, operations: ['merge'], evidence: HOSTILE },
  SHOT_WITHOUT_IMAGE: {
    guid: HOSTILE,
    candidates: [{ file: HOSTILE, name: HOSTILE, because: [HOSTILE] }],
  },
  FILE_SYSTEMS_SEVERAL: { candidates: [{ type: 'ext4', label: HOSTILE }] },
  FILE_SYSTEM_MISSING: { holds: [{ type: 'swap', label: HOSTILE }] },
  CONTENT_LOST: { path: HOSTILE, zeros: 1 },
  FILES_LEFT_OUT: { left: [{ kind: HOSTILE, count: 1 }] },
  PARTITION_UNKNOWN: { partition: 1, partitions: [2] },
  SNAPSHOT_AMBIGUOUS: { name: HOSTILE, candidates: [HOSTILE] },
  SNAPSHOT_UNLISTED: { file: HOSTILE, guids: [HOSTILE] },
  DOCUMENT_TYPE: { external: [HOSTILE] },
  FILES_BESIDE: { bytes: 1, files: [{ file: HOSTILE, bytes: 1, kind: HOSTILE }] },
};

const codes = Object.keys(catalog) as readonly DiagnosticCode[];

describe('no finding brings control characters to a terminal', () => {
  test.each(codes)('%s', (code) => {
    const given = [mixed[code], hostileData(HOSTILE), hostileData([HOSTILE])];
    const said = given.flatMap((data) => {
      if (data === undefined) return [];
      try {
        const finding = diagnostic(code, data as never, {
          disk: HOSTILE,
          path: HOSTILE,
          line: 1,
          column: 1,
        });
        return [formatDiagnostic(finding), new DescriptorError([finding]).message, finding.hint];
      } catch {
        // A list where a text belongs, or the other way round.
        return [];
      }
    });
    expect(said.length).toBeGreaterThan(0);
    for (const text of said) expect(text).not.toMatch(UNSAFE);
  });
});
