import { FUNCTIONS } from '../arguments/functions.ts';
import { requireCall } from '../arguments/require.ts';

// 1.15:   "Adding delta dev=/dev/ploop0 img=/p/root.hdd (rw)", "Unmounting device /dev/ploop0"
// 9.0.30: "Adding delta dev=/dev/mapper/ploop49271 img=/p/root.hdd (rw)", "Unmounting device /dev/mapper/ploop49271"
const ADDED = /^(?:\[ *\d+\.\d+\] )?Adding delta dev=(\S+) img=.* \((?:ro|rw)\)$/;
const REMOVED = /^(?:\[ *\d+\.\d+\] )?Unmounting device (\S+)$/;

/**
 * The devices that a run put images on and does not report as cleared, by the lines it printed. Where it failed,
 * releases up to 7 clear the device without a word, and another program may have taken the same number since; release 9
 * leaves it there when only the mount of the file system failed.
 */
export function devicesLeft(outcome: { readonly stdout: string }): readonly string[] {
  requireCall(FUNCTIONS.devicesLeft, [outcome]);
  const { stdout } = outcome;
  const left = new Set<string>();
  for (const line of stdout.split('\n')) {
    const [, added] = ADDED.exec(line) ?? [];
    const [, removed] = REMOVED.exec(line) ?? [];
    if (added !== undefined) left.add(added);
    if (removed !== undefined) left.delete(removed);
  }
  return [...left];
}
