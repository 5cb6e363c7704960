const SYNC_TO_LIBPLOOP = { topDelta: 0.35, imageInfo: 0.35, isMounted: 1, fsInfo: 8 };
const FORK_TO_SYNC = 200;
const FORK_TO_ASYNC = 20;
const LOCKED_MS = 1;

/** What is promised of a disk with one image, each with what was measured; `reached` is undefined where it was not. */
export function boundsOf({ rows, locked }) {
  const ofOne = rows.filter(({ shots }) => shots === 1);
  const bounds = [
    ...ofOne.map(({ read, sync, libploop }) => ({
      what: `${read}, sync / libploop`,
      most: SYNC_TO_LIBPLOOP[read],
      measured: sync / libploop,
    })),
    ...ofOne.map(({ read, sync, tool }) => ({
      what: `${read}, forked tool / sync`,
      least: FORK_TO_SYNC,
      measured: tool / sync,
    })),
    ...ofOne.map(({ read, async, tool }) => ({
      what: `${read}, forked tool / async`,
      least: FORK_TO_ASYNC,
      measured: tool / async,
    })),
    {
      what: 'slowest read while the disk is locked, median, milliseconds',
      most: LOCKED_MS,
      measured: locked?.oursMs,
    },
  ];
  return bounds.map((row) => {
    const { most = Infinity, least = -Infinity, measured } = row;
    if (!Number.isFinite(measured)) return { ...row, measured: undefined };
    return { ...row, reached: measured <= most && measured >= least };
  });
}
