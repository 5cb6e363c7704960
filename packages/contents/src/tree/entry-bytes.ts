import type { FileType } from './stat.ts';

/** The longest name that Linux takes. */
const NAME_MOST = 255;
const SLASH = 47;

/** Types of entries by the number that ext and XFS store for them. */
export const ENTRY_TYPES: Readonly<Record<number, FileType>> = {
  1: 'file',
  2: 'directory',
  3: 'character-device',
  4: 'block-device',
  5: 'fifo',
  6: 'socket',
  7: 'symlink',
};

/** Whether a name is `.` or `..`. */
export function isDots(name: Uint8Array): boolean {
  return name[0] === 46 && (name.length === 1 || (name.length === 2 && name[1] === 46));
}

/** Whether bytes can be a name. */
export function isEntryName(name: Uint8Array): boolean {
  return name.length > 0 && name.length <= NAME_MOST && !name.includes(SLASH) && !name.includes(0);
}
