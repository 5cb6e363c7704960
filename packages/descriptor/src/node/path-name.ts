import { aPath } from '../arguments/rules.ts';

/** What Node puts in the place of bytes of a name that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/**
 * Fails for a path that Node would turn into that of another file: a half of a character becomes U+FFFD, and so does
 * every byte of a name that is not UTF-8.
 */
export function checkedPath(path: string): string {
  if (!aPath.fits(path)) throw new Error(`expected ${aPath.expected}`);
  return path;
}

/** Whether a name that was read from a directory may stand for another one that is not UTF-8. */
export function isAmbiguous(name: string): boolean {
  return name.includes(REPLACEMENT);
}

/** A path that the system returned as bytes; it fails for one that is not UTF-8. */
export function decodedPath(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Error('its real path is not UTF-8', { cause });
  }
}
