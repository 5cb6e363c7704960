import { DescriptorError } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import type { Findings } from '../../../findings/findings.ts';
import { nameOfBytes } from '../../../names/name.ts';
import type { Xattr } from '../../../tree/tree.ts';
import type { Inode } from '../layout/inode.ts';
import { shownAcl } from './acl.ts';
import type { StoredXattr, XattrReader } from './stored.ts';

/** Namespaces by the number that stands for them. What has no row is the file system's own. */
const NAMESPACES: Readonly<Record<number, string>> = {
  1: 'user.',
  2: 'system.posix_acl_access',
  3: 'system.posix_acl_default',
  4: 'trusted.',
  6: 'security.',
  8: 'system.richacl',
};
const ACLS = new Set([2, 3]);

/** The extended attributes of an inode that programs can see, in the order in which they are stored. */
export function* xattrsOf(
  reader: XattrReader,
  findings: Findings,
  inode: Inode,
): Steps<readonly Xattr[]> {
  const stored = [...reader.inInode(inode), ...(yield* reader.inBlock(inode))];
  const shown: Xattr[] = [];
  for (const entry of stored) {
    const namespace = NAMESPACES[entry.index];
    if (namespace === undefined) continue;
    const value = yield* valueOf(reader, findings, inode, entry);
    if (value !== undefined) shown.push({ name: namespace + nameOfBytes(entry.name), value });
  }
  return shown;
}

function* valueOf(
  reader: XattrReader,
  findings: Findings,
  inode: Inode,
  entry: StoredXattr,
): Steps<Uint8Array | undefined> {
  try {
    const value = yield* reader.valueOf(inode, entry);
    if (!ACLS.has(entry.index)) return value;
    const acl = shownAcl(value);
    if (acl === undefined)
      findings.report('XATTRS_DAMAGED', { inode: inode.stat.inode, reason: 'ACL' });
    return acl;
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    findings.note(error);
    return undefined;
  }
}
