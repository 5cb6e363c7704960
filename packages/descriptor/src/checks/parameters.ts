import { encryptionOf } from '../encryption.ts';
import { SECTOR_SIZE } from '../units.ts';
import type { Check } from './check.ts';

/** 8 PiB in sectors: no disk is larger, and one whose size was written in bytes easily is. */
const LARGEST_SECTORS = 2 ** 44;

/** What `Disk_Parameters` and `StorageData` hold beside the images. */
export const parameters: Check = (descriptor, _survey, report) => {
  const { size, geometry, encryptionKeyId, desktopEncryption, volume } = descriptor;
  // The tool multiplies in 32 bits.
  if (Math.imul(geometry.cylinders, geometry.heads) === 0) report('GEOMETRY_ZERO', geometry);
  if (size >= LARGEST_SECTORS)
    report('DISK_SIZE_SUSPECT', { sectors: size, ifBytes: Math.floor(size / SECTOR_SIZE) });
  const encrypted = encryptionOf(descriptor);
  if (encrypted !== undefined) report('CONTENT_ENCRYPTED', encrypted);
  if (desktopEncryption !== undefined) report('DROPPED_BY_TOOL', { element: 'Encryption' });
  if (encryptionKeyId !== undefined) report('DROPPED_BY_OLD_RELEASES', { element: 'Encryption' });
  if (volume !== undefined) report('DROPPED_BY_OLD_RELEASES', { element: 'Volume' });
};
