/** Lets work on one disk take turns, in the order in which it came. */
export function createTurns(): <Result>(
  disk: string,
  work: () => Promise<Result>,
) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return async (disk, work) => {
    const before = last.get(disk) ?? Promise.resolve();
    const turn = before.then(work, work);
    last.set(disk, turn);
    try {
      return await turn;
    } finally {
      if (last.get(disk) === turn) last.delete(disk);
    }
  };
}
