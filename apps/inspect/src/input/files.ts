import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { unescapedName } from '@ploop/contents';
import { DescriptorError, diagnostic } from '@ploop/descriptor';

import { confineOf, type ConfineRequest } from './confine.ts';

/** Whose files a command is about. */
export interface FilesRequest extends ConfineRequest {
  /** As typed; the top where it is left out. */
  readonly snapshot?: string | undefined;
  readonly partition?: number | undefined;
  /** Whether paths of files are written as `ls` prints them. */
  readonly isEscaped: boolean;
  readonly isJson: boolean;
}

/** `--partition N`. */
export const partitionOption = new Option(
  '--partition <number>',
  'number of the partition; needed only if several have a file system',
).argParser((text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
});

/** `--escaped`. */
export const escapedOption = new Option(
  '--escaped',
  'read paths of files as ls prints them: \\377 is a byte, "\\ " a space',
).default(false);

/** The request of a command with these options. */
export function filesRequestOf(options: {
  readonly snapshot?: string | undefined;
  readonly partition?: number | undefined;
  readonly escaped: boolean;
  readonly json: boolean;
  readonly confine?: unknown;
}): FilesRequest {
  const { snapshot, partition, escaped: isEscaped, json: isJson } = options;
  return { snapshot, partition, isEscaped, isJson, ...confineOf(options) };
}

/**
 * The path of a file that a person means.
 *
 * @throws DescriptorError `OPTION_INVALID` if it is not in the form that `--escaped` promises.
 */
export function pathMeant(typed: string, { isEscaped }: FilesRequest): string {
  const path = isEscaped ? unescapedName(typed) : typed;
  if (path !== undefined) return path;
  const expected = 'a path as `ploop-inspect ls` prints it: a backslash is \\\\';
  throw new DescriptorError([
    diagnostic('OPTION_INVALID', { option: 'the path with --escaped', value: typed, expected }),
  ]);
}
