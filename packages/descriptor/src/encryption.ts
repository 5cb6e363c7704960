import type { DiskDescriptor } from './model.ts';

/** How the content of a disk is encrypted: by what the descriptor says. */
export interface ContentEncryption {
  /** Engine of Parallels Desktop, as written. */
  readonly engine?: string;
  /** Key identifier of releases 7 and later. */
  readonly keyId?: string;
}

/** How the content of a disk is encrypted; `undefined` unless the descriptor says that it is. */
export function encryptionOf({
  encryptionKeyId: keyId,
  desktopEncryption,
}: DiskDescriptor): ContentEncryption | undefined {
  if (keyId === undefined && desktopEncryption === undefined) return undefined;
  return {
    ...(desktopEncryption !== undefined && { engine: desktopEncryption.engine }),
    ...(keyId !== undefined && { keyId }),
  };
}
