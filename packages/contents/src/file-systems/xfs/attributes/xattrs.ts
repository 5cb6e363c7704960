import { DescriptorError } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';

import { nameOfBytes } from '../../../names/name.ts';
import type { Xattr } from '../../../tree/tree.ts';
import type { Inode } from '../layout/inode.ts';
import { shownAcl } from './acl.ts';
import type { StoredXattr } from './entries.ts';
import { remoteValue, storedXattrs, type UsedBlocks, type XattrParts } from './stored.ts';

/** Linux shows an ACL under its own name, and as it is stored. */
const ACLS: Readonly<Record<string, string>> = {
  'trusted.SGI_ACL_FILE': 'system.posix_acl_access',
  'trusted.SGI_ACL_DEFAULT': 'system.posix_acl_default',
};

/** The extended attributes of an inode that programs can see, in the order in which they are stored. */
export function* xattrsOf(parts: XattrParts, inode: Inode): Steps<readonly Xattr[]> {
  const { attributes, stat } = inode;
  if (attributes === undefined) return [];
  const used: UsedBlocks = new Set();
  const shown: Xattr[] = [];
  for (const entry of yield* storedXattrs(parts, attributes, used)) {
    const value = yield* valueOf(parts, inode, entry, used);
    if (value === undefined) continue;
    const name = entry.namespace + nameOfBytes(entry.name);
    const aclName = ACLS[name];
    if (aclName !== undefined) {
      const acl = shownAcl(value);
      if (acl === undefined) parts.report('XATTRS_DAMAGED', { inode: stat.inode, reason: 'ACL' });
      else shown.push({ name: aclName, value: acl });
    }
    shown.push({ name, value });
  }
  return shown;
}

function* valueOf(
  parts: XattrParts,
  { attributes }: Inode,
  { value }: StoredXattr,
  used: UsedBlocks,
): Steps<Uint8Array | undefined> {
  if (value instanceof Uint8Array || attributes === undefined)
    return value instanceof Uint8Array ? value : undefined;
  try {
    return yield* remoteValue(parts, attributes, value, used);
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    parts.findings.note(error);
    return undefined;
  }
}
