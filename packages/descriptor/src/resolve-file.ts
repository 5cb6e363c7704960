/**
 * Where the `File` of an image is: relative to `directory`, the real (symlink-free) directory of the descriptor,
 * unless absolute. Nothing is normalised, as in releases up to 1.15; 7 and 9 name the same file in another spelling,
 * except for a `..` that is not at the start, which they resolve wrongly.
 */
export function resolveFile(directory: string, file: string): string {
  if (file.startsWith('/')) return file;
  return directory.endsWith('/') ? `${directory}${file}` : `${directory}/${file}`;
}

/** One spelling for the spellings of a path that differ only in `.` and repeated slashes. */
export function tidyPath(file: string): string {
  const parts = file.split('/').filter((part) => part !== '' && part !== '.');
  return `${file.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
