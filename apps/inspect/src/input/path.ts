import { Argument, Option } from '@commander-js/extra-typings';

/** What PATH can be. */
export const pathArgument = new Argument(
  '<path>',
  'DiskDescriptor.xml, the directory that holds it, or an image that no descriptor names',
);

/** `--json`. */
export const jsonOption = new Option('--json', 'print JSON').default(false);

/** One or several. */
export const pathsArgument = new Argument(
  '<path...>',
  'each DiskDescriptor.xml, the directory that holds it, or an image that no descriptor names',
);

/** `-0`, for paths that scripts read. */
export const nullOption = new Option(
  '-0, --null',
  'end each path with NUL instead of a line break',
).default(false);
