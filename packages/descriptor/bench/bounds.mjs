/** What is promised, each with what was measured; `reached` is undefined where it was not measured. */
export function boundsOf({ sizes, coreGzippedBytes }) {
  const at = (shots) => sizes.find((size) => size.shots === shots);
  const [one, thousand, most] = [at(1), at(1_000), at(100_000)];
  const perShot = (size) => size && size.warmMicroseconds / size.shots;
  const rows = [
    {
      what: 'time per shot at 100,000 / at 1,000',
      most: 1.5,
      measured: perShot(most) / perShot(thousand),
    },
    {
      what: 'snapshot-list / ours at 100,000, whole processes',
      least: 15,
      measured: most && most.processSeconds.tool / most.processSeconds.ours,
    },
    { what: 'one image, warm, microseconds', most: 80, measured: one.warmMicroseconds },
    {
      what: 'peak memory / file at 100,000',
      most: 12,
      measured: most && most.processSeconds.peakBytes / most.fileBytes,
    },
    { what: 'core, gzipped, bytes', most: 25_000, measured: coreGzippedBytes },
  ];
  return judged(rows);
}

/** Says of each bound whether it is reached; `reached` is undefined where nothing was measured. */
export function judged(rows) {
  return rows.map((row) => {
    // Without a peer, or without the large input.
    if (!Number.isFinite(row.measured)) return { ...row, measured: undefined };
    const { most: upper = Infinity, least = -Infinity, measured } = row;
    return { ...row, reached: measured <= upper && measured >= least };
  });
}
