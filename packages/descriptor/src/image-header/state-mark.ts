import { HEADERS } from '../arguments/headers.ts';
import { requireCall } from '../arguments/require.ts';

/**
 * What the in-use mark of an image says. `closed-extended`: closed by software that knows the format extension, which
 * is valid then (releases 7 and later, QEMU). Releases up to 1.15 take every mark but `closed` for in use.
 */
export type ImageState = 'closed' | 'closed-extended' | 'closed-by-desktop' | 'in-use' | 'unknown';

/** The in-use mark of an image. */
export interface StateMark {
  readonly value: number;
  readonly state: ImageState;
  /** The mark as people write it: its four characters where all of them print, else its number in hex. */
  readonly text: string;
}

const MARK_OFFSET = 44;

const STATES: ReadonlyMap<string, ImageState> = new Map([
  ['Ynot', 'in-use'],
  ['v2.1', 'closed-extended'],
]);

/** Distinguishes the marks by their value, a little-endian word of 32 bits. */
export function stateMark(value: number): StateMark {
  requireCall(HEADERS.stateMark, [value]);
  const text = textOf(value);
  if (value === 0) return { value, state: 'closed', text };
  const state = STATES.get(text) ?? (/^pd\d\d$/.test(text) ? 'closed-by-desktop' : 'unknown');
  return { value, state, text };
}

/** The in-use mark in the first bytes of an image of either version. */
export function markIn(start: Uint8Array): StateMark {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return stateMark(view.getUint32(MARK_OFFSET, true));
}

function textOf(value: number): string {
  const characters = [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
  return characters.every((code) => code > 0x20 && code < 0x7f)
    ? String.fromCharCode(...characters)
    : `0x${value.toString(16).padStart(8, '0')}`;
}
