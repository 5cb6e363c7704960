import { join } from 'node:path';

import { aPath } from '../arguments/rules.ts';

/** What Node puts in the place of bytes of a name that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/**
 * Fails for a path that Node would turn into that of another file: a half of a character becomes U+FFFD, and so does
 * every byte of a name that is not UTF-8.
 */
export function checkedPath<Path extends string | Buffer>(path: Path): Path {
  if (typeof path === 'string' && !aPath.fits(path)) throw new Error(`expected ${aPath.expected}`);
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

/** A name that was read from a directory as bytes. */
export interface EntryName {
  readonly bytes: Buffer;
  /** The name; if it is not UTF-8, its bytes outside ASCII are written as `\\xf1`. */
  readonly text: string;
  readonly isUtf8: boolean;
}

/** The name of an entry of a directory. */
export function entryName(bytes: Buffer): EntryName {
  try {
    return { bytes, text: decodedPath(bytes), isUtf8: true };
  } catch {
    const escaped = (character: string): string =>
      `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
    const text = bytes.toString('latin1').replace(/[\x80-\xff]/g, escaped);
    return { bytes, text, isUtf8: false };
  }
}

/** The path to open an entry of a directory by: bytes if its name is not UTF-8. */
export function entryPath(directory: string, { bytes, text, isUtf8 }: EntryName): string | Buffer {
  return isUtf8 ? join(directory, text) : Buffer.concat([Buffer.from(`${directory}/`), bytes]);
}
