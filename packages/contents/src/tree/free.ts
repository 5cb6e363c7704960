import { runAsync } from '@ploop/descriptor/internal';

import type { FreeRange, FreeReader } from './tree.ts';

/** Ranges in ascending order, neighbours as one. */
export async function* joinedRanges(next: FreeReader): AsyncGenerator<FreeRange, void, undefined> {
  let last: FreeRange | undefined;
  for (let part = await runAsync(next()); part !== undefined; part = await runAsync(next()))
    for (const range of part) {
      if (last !== undefined && last.position + last.length === range.position)
        last = { position: last.position, length: last.length + range.length };
      else {
        if (last !== undefined) yield last;
        last = range;
      }
    }
  if (last !== undefined) yield last;
}
