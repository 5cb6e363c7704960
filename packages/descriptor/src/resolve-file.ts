import { DEFAULT_RELEASE, isModern, type Release } from './release.ts';

/**
 * Where the `File` of an image is for a release: relative to `directory`, the real (symlink-free) directory of the
 * descriptor, unless absolute. Releases up to 1.15 put the two together as they are. Later ones collapse slashes and
 * resolve `..` themselves, wrongly where it is not at the start: `sub/../f` is then `f` one directory up.
 */
export function resolveFile(
  directory: string,
  file: string,
  release: Release = DEFAULT_RELEASE,
): string {
  if (isModern(release)) return resolveModern(directory, file);
  return file.startsWith('/') ? file : join(directory, file);
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
