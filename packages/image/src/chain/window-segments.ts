import { refuseDamage, segmentsWithin, type DamageRule } from './found-segments.ts';
import type { Segment } from './segment.ts';
import type { Windows } from './windows.ts';

/**
 * The segments from byte `start` to byte `end`, a window at a time. What comes before a damaged one that is refused is
 * reported first.
 *
 * @throws what resolving a window and what `rule` throws.
 */
export async function* windowSegments(
  windows: Windows,
  start: number,
  end: number,
  rule: DamageRule = refuseDamage,
): AsyncGenerator<readonly Segment[], void, undefined> {
  for (let at = start; at < end;) {
    const until = Math.min(end, (Math.floor(at / windows.bytes) + 1) * windows.bytes);
    const { segments: found, isEmpty } = await windows.load(at);
    if (isEmpty && until < end) {
      const stop = Math.min(end, await windows.nextData(at));
      yield [{ start: at, length: stop - at, layer: -1, offset: -1 }];
      at = stop;
      continue;
    }
    let refused: { readonly at: number; readonly error: unknown } | undefined;
    const lenient: DamageRule = (segment) => {
      if (refused !== undefined) return segment.start;
      try {
        return rule(segment);
      } catch (error) {
        refused = { at: segment.start, error };
        return segment.start;
      }
    };
    const segments = segmentsWithin(found, at, until, lenient);
    if (refused === undefined) yield segments;
    else {
      if (refused.at > at) yield segmentsWithin(found, at, refused.at, rule);
      throw refused.error;
    }
    at = until;
  }
}
