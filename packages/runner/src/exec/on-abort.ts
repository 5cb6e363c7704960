interface Waiting {
  readonly acts: Set<() => void>;
  readonly listener: () => void;
}

/** What waits for each signal. */
const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Does something when a signal is aborted, unless the returned function is called before. Any number of runs may share a
 * signal: it gets one listener for all of them, as Node warns of many. The listener is on the signal itself, as Node 20
 * collects what `AbortSignal.any` makes of a timeout, which never fires then.
 */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => undefined;
  const { acts, listener } = waiting.get(signal) ?? listenedTo(signal);
  acts.add(act);
  return () => {
    acts.delete(act);
    if (acts.size > 0 || waiting.get(signal)?.acts !== acts) return;
    waiting.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function listenedTo(signal: AbortSignal): Waiting {
  const acts = new Set<() => void>();
  const listener = (): void => {
    waiting.delete(signal);
    for (const act of acts) act();
  };
  const made = { acts, listener };
  waiting.set(signal, made);
  signal.addEventListener('abort', listener, { once: true });
  return made;
}

/** Does work with a signal that is aborted with the first of several; `undefined` if it does not exist. */
export async function withFirst<Result>(
  given: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  const signals = [...new Set(given)].filter((signal) => signal !== undefined);
  if (signals.length < 2) return work(signals[0]);
  const first = new AbortController();
  const ends = signals.map((signal) =>
    onAbort(signal, () => {
      first.abort(signal.reason);
    }),
  );
  const over = signals.find(({ aborted }) => aborted);
  if (over !== undefined) first.abort(over.reason);
  try {
    return await work(first.signal);
  } finally {
    for (const end of ends) end();
  }
}
