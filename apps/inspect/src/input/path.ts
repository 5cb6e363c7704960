import { Argument, Option } from '@commander-js/extra-typings';

import { diskIn } from './disk-in.ts';

/** What PATH can be. */
export const pathArgument = new Argument(
  '<path>',
  'DiskDescriptor.xml, the directory that holds it, that of a container or virtual machine with one disk, or an image that no descriptor names',
).argParser(diskIn);

/** `--json`. */
export const jsonOption = new Option('--json', 'print JSON').default(false);

/** One or several. */
export const pathsArgument = new Argument(
  '<path...>',
  'each DiskDescriptor.xml, the directory that holds it, that of a container or virtual machine with one disk, or an image that no descriptor names',
).argParser((path: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  diskIn(path),
]);

/** `-0`, for paths that scripts read. */
export const nullOption = new Option(
  '-0, --null',
  'end each path with NUL instead of a line break',
).default(false);
