/** The end of an output. */
export interface Tail {
  readonly text: string;
  /** How many bytes before it were let go. */
  readonly droppedBytes: number;
}

/** Collects an output, of which no more than the last `limit` bytes are kept. */
export function collectTail(limit: number): {
  readonly push: (chunk: Uint8Array) => void;
  readonly end: () => Tail;
} {
  let chunks: Uint8Array[] = [];
  let kept = 0;
  let droppedBytes = 0;
  return {
    push: (chunk) => {
      chunks.push(chunk);
      kept += chunk.length;
      // Compacting only when twice the limit is held keeps the cost per byte constant.
      if (kept <= 2 * limit) return;
      const last = Buffer.concat(chunks).subarray(-limit);
      droppedBytes += kept - last.length;
      chunks = [Buffer.from(last)];
      kept = last.length;
    },
    end: () => {
      const all = Buffer.concat(chunks);
      const last = all.subarray(Math.max(0, all.length - limit));
      return { text: last.toString('utf8'), droppedBytes: droppedBytes + all.length - last.length };
    },
  };
}
