import type { Readable, Writable } from 'node:stream';

import { aReadable, aWritable, needed } from '@ploop/descriptor/arguments';

import { requireOption } from '../arguments/require.ts';
import { devicePath, imagePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { RefusedError } from '../errors/errors.ts';
import { refuseExisting } from '../guards/guards.ts';

/** Input of `ploop copy` as the sender. */
export type CopySendInput = {
  /** The device of a mounted disk, whose top delta is sent. */
  readonly device: string;
} & (
  | {
      /** A new file on this machine. */
      readonly file: string;
    }
  | {
      /** What carries the data to a receiver. */
      readonly output: Writable;
      /** What the receiver answers; releases from 7.0.235 on need it. */
      readonly input?: Readable | undefined;
    }
);

/**
 * `ploop copy -s`: sends the top delta of a mounted disk while it is written to. Exit codes: 2 no such device, 13 the
 * receiver answered something else, 14 the file system keeps changing; it is to be frozen, as the tool's option for a
 * shell command to do so is not offered.
 */
export const copySend: Command<CopySendInput, void> = {
  name: 'copy',
  verbosity: -1,
  mutates: true,
  disk: ({ device }) => device,
  argv: (input) => {
    if ('file' in input && 'output' in input)
      throw new RefusedError('TARGET_AMBIGUOUS', 'a copy goes into a file or a stream, not both');
    if ('file' in input) return ['-s', devicePath(input.device), '-d', imagePath(input.file)];
    requireOption('input', input.input, aReadable);
    requireOption('output', input.output, needed(aWritable));
    const answers = input.input === undefined ? [] : ['-i', '0'];
    return ['-s', devicePath(input.device), '-o', '1', ...answers];
  },
  guard: async (input, context) => {
    if ('file' in input) await refuseExisting(input.file, context);
  },
  streams: (input) => ('file' in input ? {} : { stdout: input.output, stdin: input.input }),
  parse: nothing,
};
