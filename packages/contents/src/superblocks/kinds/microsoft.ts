import { isPower, paddedText, sizeOf, type Kind } from './kind.ts';

/** NTFS: the serial number is its UUID. */
export const ntfs: Kind = ({ has, view }) => {
  const boot = view(0, 512);
  if (boot === undefined || !has(3, 'NTFS    ')) return undefined;
  const sectorSize = boot.getUint16(11, true);
  if (!isPower(sectorSize, 256, 4096)) return undefined;
  const serial = boot.getBigUint64(72, true).toString(16).toUpperCase().padStart(16, '0');
  return { type: 'ntfs', uuid: serial, size: sizeOf(boot.getBigUint64(40, true), sectorSize) };
};

/** exFAT: sector size and size are powers of two and counts of sectors. */
export const exfat: Kind = ({ has, view }) => {
  const boot = view(0, 512);
  if (boot === undefined || !has(3, 'EXFAT   ')) return undefined;
  const shift = boot.getUint8(108);
  if (shift < 9 || shift > 12) return undefined;
  const size = sizeOf(boot.getBigUint64(72, true), 2 ** shift);
  return { type: 'exfat', uuid: serialOf(boot.getUint32(100, true)), size };
};

const BITLOCKER_GUID = '\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01';

/** BitLocker: of internal disks by its name, of removable ones by a GUID in the boot sector of a FAT. */
export const bitlocker: Kind = ({ has }) => {
  const isRemovable = has(3, 'MSWIN4.1') && has(424, BITLOCKER_GUID);
  return has(3, '-FVE-FS-') || isRemovable ? { type: 'bitlocker' } : undefined;
};

/** FAT: which one, the number of clusters decides. */
export const fat: Kind = ({ bytes, has, view }) => {
  const boot = view(0, 512);
  if (boot === undefined || !has(510, '\x55\xaa')) return undefined;
  const isJump = has(0, '\xeb') || has(0, '\xe9');
  const isOther = has(3, 'NTFS    ') || has(3, 'EXFAT   ') || bitlocker({ bytes, has, view });
  if (!isJump || isOther) return undefined;
  const [sectorSize, clusterSectors] = [boot.getUint16(11, true), boot.getUint8(13)];
  const [reserved, fats, media] = [boot.getUint16(14, true), boot.getUint8(16), boot.getUint8(21)];
  if (!isPower(sectorSize, 512, 4096) || !isPower(clusterSectors, 1, 128)) return undefined;
  if (reserved === 0 || fats === 0 || fats > 4 || (media < 0xf8 && media !== 0xf0))
    return undefined;
  const total = boot.getUint16(19, true) || boot.getUint32(32, true);
  const short = boot.getUint16(22, true);
  const fatSectors = short || boot.getUint32(36, true);
  const rootSectors = Math.ceil((boot.getUint16(17, true) * 32) / sectorSize);
  const data = total - reserved - fats * fatSectors - rootSectors;
  if (fatSectors === 0 || data <= 0) return undefined;
  const clusters = Math.floor(data / clusterSectors);
  const type = short === 0 ? 'fat32' : clusters < 4085 ? 'fat12' : 'fat16';
  // An extended boot record, at one of two places.
  const at = short === 0 ? 64 : 36;
  if (boot.getUint8(at + 2) !== 0x29) return { type, size: sizeOf(total, sectorSize) };
  const label = paddedText(bytes(at + 7, 11));
  return {
    type,
    label: label === 'NO NAME' ? undefined : label,
    uuid: serialOf(boot.getUint32(at + 3, true)),
    size: sizeOf(total, sectorSize),
  };
};

function serialOf(serial: number): string {
  const hex = serial.toString(16).toUpperCase().padStart(8, '0');
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}
