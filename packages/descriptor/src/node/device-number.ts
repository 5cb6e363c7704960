import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';

/** `major:minor` of a device number as the C library packs it. */
export function deviceNumber(packed: bigint): string {
  requireCall(NODE.deviceNumber, [packed]);
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & ~0xfffn);
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n);
  return `${String(major)}:${String(minor)}`;
}
