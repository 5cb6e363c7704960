import { requireArgument } from './arguments/require.ts';
import { aText, oneOf } from './arguments/rules.ts';
import { DEFAULT_RELEASE, isModern, RELEASES, type Release } from './releases/release.ts';

/**
 * Where the `File` of an image is for a release: relative to `directory`, the real (symlink-free) directory of the
 * descriptor, unless absolute. Releases up to 1.15 put the two together as they are. Later ones collapse slashes and
 * resolve `..` themselves, wrongly where it is not at the start: `sub/../f` is then `f` one directory up. Releases up to
 * 1.15 cut a path after 4095 bytes; where that is within a character, it is left out here.
 */
export function resolveFile(
  directory: string,
  file: string,
  release: Release = DEFAULT_RELEASE,
): string {
  requireArgument('directory', directory, aText);
  requireArgument('file', file, aText);
  requireArgument('release', release, oneOf(RELEASES));
  if (isModern(release)) return resolveModern(directory, file);
  return cut(file.startsWith('/') ? file : join(directory, file));
}

/** Bytes of a path that the tool keeps (release 1.15). */
export const LONGEST_PATH = 4095;

/** The length of a path as the tool counts it. */
export function bytesOf(path: string): number {
  // A UTF-16 unit has at most three bytes.
  return path.length * 3 <= LONGEST_PATH ? path.length : new TextEncoder().encode(path).length;
}

function cut(path: string): string {
  if (bytesOf(path) <= LONGEST_PATH) return path;
  const kept = new TextEncoder().encode(path).subarray(0, LONGEST_PATH);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(kept, { stream: true });
}

function resolveModern(directory: string, file: string): string {
  const collapsed = file.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
  if (collapsed.startsWith('/')) return collapsed;
  const steps = collapsed.split('../');
  const base = directory.split('/').slice(0, steps.length > 1 ? 1 - steps.length : undefined);
  return join(base.join('/'), steps.at(-1) ?? '');
}

function join(directory: string, file: string): string {
  return directory.endsWith('/') ? `${directory}${file}` : `${directory}/${file}`;
}

/** One spelling for the spellings of a path that differ only in `.` and repeated slashes. */
export function tidyPath(file: string): string {
  if (!file.includes('/')) return file === '.' ? '' : file;
  const parts = file.split('/').filter((part) => part !== '' && part !== '.');
  return `${file.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
