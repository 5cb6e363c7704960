/** The clock of a file system ticks every few milliseconds. In nanoseconds. */
const TICKS_NS = 100_000_000n;
const SECOND_NS = 1_000_000_000n;
/** Some file systems note whole seconds, or every other one: ext4 with small inodes, old NFS servers, FAT. */
const COARSE_NS = 3n * SECOND_NS;

/**
 * Whether a file has not been touched for so long that any change from now on shows in its time of change: one that has
 * just been written can be written again within the same tick of that clock.
 *
 * @param ctimeNs - When it was changed, in nanoseconds since 1970.
 * @param nowNs - The time now, likewise.
 */
export function isSettled(ctimeNs: bigint, nowNs: bigint): boolean {
  const granularityNs = ctimeNs % SECOND_NS === 0n ? COARSE_NS : TICKS_NS;
  return nowNs - ctimeNs > granularityNs;
}
