import { confineHint } from '../confine-hint.ts';
import { counted, type Entries, noted, quoted, refused } from '../entry.ts';

/** What findings about parent volumes are about. `Code`: the codes of findings. */
export interface VolumeData<Code extends string = string> {
  VOLUME_INVALID: { readonly element: 'Parent' | 'SnapshotGUID' };
  VOLUME_UNREADABLE: { readonly directory: string; readonly reason: string };
  VOLUME_REFUSED: { readonly directory: string; readonly code: Code };
  VOLUME_CYCLE: { readonly directory: string };
  VOLUME_OUTSIDE: { readonly directory: string; readonly within: string };
  VOLUME_LIMIT: { readonly most: number };
}

/** The codes of findings about parent volumes. */
export const volumeCodes: Entries<VolumeData> = {
  VOLUME_INVALID: refused(
    ({ element }) => `${element} of the Volume is empty`,
    'In a copy of the descriptor, write what it is to name, or leave the element out if the volume has no parent.',
  ),
  VOLUME_UNREADABLE: refused(
    ({ directory, reason }) => `cannot read the parent volume ${quoted(directory)}: ${reason}`,
    'Bring the directory of the parent back to this place; a volume is worth nothing without it.',
  ),
  VOLUME_REFUSED: refused(
    ({ directory, code }) => `the parent volume ${quoted(directory)} is refused: ${code}`,
    'Run ploop-inspect check on the parent: its own findings say what to do.',
  ),
  VOLUME_CYCLE: noted(
    'error',
    ({ directory }) => `the volume ${quoted(directory)} is its own ancestor`,
    'Find the true parent: the volume whose shots include the ParentGUID of the oldest shot.',
  ),
  VOLUME_OUTSIDE: noted(
    'error',
    ({ directory, within }) =>
      `the parent volume ${quoted(directory)} is outside ${quoted(within)} and was not opened`,
    ({ directory, within }) =>
      `Look at where it leads. If the volume may use it, ${confineHint(within, directory)}.`,
  ),
  VOLUME_LIMIT: noted(
    'error',
    ({ most }) => `the volume has more than ${counted(most, 'ancestor')}`,
    'Let nothing write to the volume: the tool reads the chain without its base, and says nothing. Copy the directories, then merge volumes that nobody needs with ploop-volume.',
  ),
};
