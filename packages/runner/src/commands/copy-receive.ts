import type { Readable, Writable } from 'node:stream';

import { aReadable, aWritable, needed } from '@ploop/descriptor/arguments';

import { requireOption } from '../arguments/require.ts';
import { imagePath } from '../argv/paths.ts';
import { nothing, type Command } from '../command.ts';
import { refuseExisting } from '../guards/guards.ts';

/** Input of `ploop copy` as the receiver. */
export interface CopyReceiveInput {
  /** The new image. */
  readonly file: string;
  /** What the sender sends. */
  readonly input: Readable;
  /** What carries the answers to the sender; releases from 7.0.235 on need it. */
  readonly output?: Writable | undefined;
}

/**
 * `ploop copy -d`: makes an image of what a sender sends; removed where that is broken. Exit codes: 1 the file exists, 6
 * nothing came, 13 something else came.
 */
export const copyReceive: Command<CopyReceiveInput, void> = {
  name: 'copy',
  verbosity: -1,
  mutates: true,
  disk: ({ file }) => file,
  argv: ({ file, input, output }) => {
    requireOption('input', input, needed(aReadable));
    requireOption('output', output, aWritable);
    return ['-d', imagePath(file), '-i', '0', ...(output === undefined ? [] : ['-o', '1'])];
  },
  guard: async ({ file }, context) => {
    await refuseExisting(file, context);
  },
  streams: ({ input, output }) => ({ stdin: input, stdout: output }),
  parse: nothing,
};
