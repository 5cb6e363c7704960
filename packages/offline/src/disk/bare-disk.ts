import type { Bytes, Diagnostic } from '@ploop/descriptor';
import { baseFindings, truncated } from '@ploop/image/internal';

/** Whether a bare disk without images above it ends before its disk does. One below the top may be from before it grew. */
export function bareDiskFindings(
  file: string,
  bytes: number,
  { live, diskBytes }: { readonly live: boolean; readonly diskBytes: Bytes },
): readonly Diagnostic[] {
  if (!live) return baseFindings(file, bytes, diskBytes);
  return bytes < diskBytes ? [truncated(file, bytes, diskBytes)] : [];
}
