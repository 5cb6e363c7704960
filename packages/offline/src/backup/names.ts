import { DESCRIPTOR_NAME } from '@ploop/descriptor/node';

/**
 * Names that differ in no more than this are one file on some file systems: in other case or composition, or except for
 * characters that do not show.
 */
export function nameKey(name: string): string {
  const shown = name.normalize('NFD').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
  // Some letters have the same capitals only, such as those of `straße` and `strasse`.
  return shown.toUpperCase().toLowerCase().normalize('NFC');
}

const DESCRIPTOR_KEY = nameKey(DESCRIPTOR_NAME);

/** What the tool puts beside a descriptor, and takes for its own: `.tmp`, `.tmp.tmp`, `.vol.tmp` and `.lck`. */
const OF_THE_TOOL = ['', '.lck', '.tmp', '.tmp.tmp', '.vol.tmp'];

/** Whether the tool or this toolkit would write to a file of that name in the directory of a disk. */
export function isReserved(name: string): boolean {
  const key = nameKey(name);
  return key.startsWith('.ploop-') || OF_THE_TOOL.some((suffix) => key === DESCRIPTOR_KEY + suffix);
}
