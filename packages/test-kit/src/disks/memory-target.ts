import { bytes } from '@ploop/descriptor';
import type { ImageTarget } from '@ploop/image';

/** One thing that was done to a target. */
export type Operation = 'sync' | { readonly position: number; readonly bytes: Uint8Array };

/** A target in memory, and what was done to it. */
export interface MemoryTarget extends ImageTarget {
  readonly content: () => Uint8Array;
  readonly operations: readonly Operation[];
}

/** A target over a copy of `initial`. */
export function memoryTarget(file: string, initial: Uint8Array): MemoryTarget {
  let content: Uint8Array = initial.slice();
  const operations: Operation[] = [];
  return {
    file,
    bytes: bytes(initial.length),
    readAt: (target, position) => {
      const part = content.subarray(position, position + target.length);
      target.set(part);
      return Promise.resolve(part.length);
    },
    writeAt: (part, position) => {
      operations.push({ position, bytes: part.slice() });
      content = written(content, part, position);
      return Promise.resolve();
    },
    sync: () => {
      operations.push('sync');
      return Promise.resolve();
    },
    content: () => content,
    operations,
  };
}

/** Bytes after a write, which may be beyond their end. */
export function written(content: Uint8Array, part: Uint8Array, position: number): Uint8Array {
  const end = position + part.length;
  const grown = end <= content.length ? content : new Uint8Array(end);
  if (grown !== content) grown.set(content);
  grown.set(part, position);
  return grown;
}
