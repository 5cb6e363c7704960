import type { Diagnostic } from '@ploop/descriptor';
import { SAVE_PREFIX } from '@ploop/descriptor/node/internal';

/** The names in a directory that a descriptor accounts for. */
export interface KnownNames {
  readonly descriptor: string;
  readonly images: ReadonlySet<string>;
}

/** The codes of what is left over. */
export type LeftoverCode = Extract<
  Diagnostic['code'],
  `${string}_INTERRUPTED` | `${string}_LEFT` | 'LOCK_FILE'
>;

/** Something that the tool, or this toolkit, leaves beside a descriptor. */
interface Leftover {
  readonly code: LeftoverCode;
  readonly kind: 'file' | 'directory';
  readonly isOne: (name: string, known: KnownNames) => boolean;
}

const ofDescriptor =
  (suffix: string): Leftover['isOne'] =>
  (name, { descriptor }) =>
    name === `${descriptor}${suffix}`;
const ofImage =
  (suffix: string): Leftover['isOne'] =>
  (name, { images }) =>
    name.endsWith(suffix) && images.has(name.slice(0, -suffix.length));

const leftovers: readonly Leftover[] = [
  { code: 'OPERATION_INTERRUPTED', kind: 'file', isOne: ofDescriptor('.tmp') },
  // The tool writes the one above by way of a second one, and that of a volume has a name of its own.
  { code: 'OPERATION_INTERRUPTED', kind: 'file', isOne: ofDescriptor('.tmp.tmp') },
  { code: 'OPERATION_INTERRUPTED', kind: 'file', isOne: ofDescriptor('.vol.tmp') },
  { code: 'LOCK_FILE', kind: 'file', isOne: ofDescriptor('.lck') },
  { code: 'MOUNT_POINT_LEFT', kind: 'directory', isOne: ofImage('.mnt') },
  { code: 'CONVERSION_INTERRUPTED', kind: 'file', isOne: ofImage('.idx') },
  { code: 'RAW_CONVERSION_INTERRUPTED', kind: 'file', isOne: ofImage('.tmp') },
  { code: 'BACKUP_LEFT', kind: 'file', isOne: (name) => name.endsWith('.Backup') },
  {
    code: 'CREATION_INTERRUPTED',
    kind: 'directory',
    isOne: (name) => name.startsWith('.ploop-new-'),
  },
  { code: 'SAVE_INTERRUPTED', kind: 'file', isOne: (name) => name.startsWith(SAVE_PREFIX) },
  // Of a backup that is restored.
  { code: 'SAVE_INTERRUPTED', kind: 'file', isOne: ofDescriptor('.restore') },
  {
    code: 'REPLACE_INTERRUPTED',
    kind: 'file',
    isOne: (name) => name.startsWith('.ploop-replace-'),
  },
];

/** What is left over under a name, where something is. */
export function leftoverOf(
  kind: Leftover['kind'],
  name: string,
  known: KnownNames,
): LeftoverCode | undefined {
  return leftovers.find((one) => one.kind === kind && one.isOne(name, known))?.code;
}
