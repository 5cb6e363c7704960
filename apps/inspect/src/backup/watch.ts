/** How long work is watched and stopped. */
export interface Watch {
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are done, and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How reading one of several files is watched and stopped. */
export interface BytesRead {
  readonly signal?: AbortSignal | undefined;
  /** Gets the bytes that were read since the last call. */
  readonly onBytes?: (bytes: number) => void;
}

/** How to read some files one after the other. */
export function readingEach(
  files: Iterable<{ readonly bytes: number }>,
  { signal, onProgress }: Watch,
): BytesRead & { readonly total: number } {
  let [done, total] = [0, 0];
  for (const { bytes } of files) total += bytes;
  return { signal, total, onBytes: (bytes) => onProgress?.((done += bytes), total) };
}
