import { viewOf } from '../../../bytes/fields.ts';
import type { JournalSuperblock } from './superblock.ts';

const HEADER = 12;
const UUID = 16;
const FLAG = { escaped: 1, sameUuid: 2, last: 8 };

/** What a descriptor block says of a block that follows it. */
export interface Tag {
  /** The block of the file system that it is. */
  readonly block: number;
  /** Whether its first four bytes are those of a block of the journal, and were replaced by zeros. */
  readonly isEscaped: boolean;
  readonly checksum: number;
}

/** The tags of a descriptor block. */
export function parseTags(bytes: Uint8Array, journal: JournalSuperblock): readonly Tag[] {
  const view = viewOf(bytes);
  const size = tagBytes(journal);
  const end = bytes.length - (journal.checksums > 1 ? 4 : 0);
  const tags: Tag[] = [];
  for (let at = HEADER; at + size <= end;) {
    const isWide = journal.checksums === 3;
    const flags = isWide ? view.getUint32(at + 4) : view.getUint16(at + 6);
    const high = journal.has64Bits ? view.getUint32(at + 8) : 0;
    tags.push({
      block: view.getUint32(at) + high * 2 ** 32,
      isEscaped: (flags & FLAG.escaped) !== 0,
      checksum: isWide ? view.getUint32(at + 12) : view.getUint16(at + 4),
    });
    at += size + ((flags & FLAG.sameUuid) === 0 ? UUID : 0);
    if ((flags & FLAG.last) !== 0) break;
  }
  return tags;
}

/** Version 2 has two bytes more than its fields need. */
function tagBytes({ checksums, has64Bits }: JournalSuperblock): number {
  if (checksums === 3) return 16;
  return 8 + (has64Bits ? 4 : 0) + (checksums === 2 ? 2 : 0);
}

/** The blocks that a revocation block lists, one after the other. */
export function* revokedBlocks(
  bytes: Uint8Array,
  { has64Bits, checksums }: JournalSuperblock,
): Generator<number, void, undefined> {
  const view = viewOf(bytes);
  const size = has64Bits ? 8 : 4;
  const end = Math.min(view.getUint32(HEADER), bytes.length - (checksums > 1 ? 4 : 0));
  for (let at = HEADER + 4; at + size <= end; at += size)
    yield has64Bits ? view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4) : view.getUint32(at);
}
