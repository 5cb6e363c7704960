import { basename, dirname, join } from 'node:path';

import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import {
  limitOf,
  parseDescriptor,
  unreadable,
  type ParseOptions,
  type ParseResult,
} from '../parse.ts';
import { DescriptorError } from '../errors.ts';
import { DESCRIPTOR_NAME } from '../releases/descriptor-name.ts';
import { describeDirectory, describeFile, looksIn } from './beside/given-path.ts';
import { usableAmong } from './beside/usable.ts';
import { isGone } from './failure.ts';
import { readStart, realPath, status } from './files.ts';
import { identityOf, type FileIdentity } from './identity.ts';
import { readable } from './readable.ts';
import { runAsync, runSync, type Steps } from '../steps.ts';
import { refuseTooManyOpen } from '../too-many-open.ts';

/** A parsed descriptor and where it is. */
export type LoadedDescriptor = ParseResult & DescriptorFile;

/** The file of a descriptor, as it was when it was read. */
export interface DescriptorFile {
  /** Absolute path of the file, symlinks resolved as the tool does. */
  readonly path: string;
  /** Where relative image names start. */
  readonly directory: string;
  /** Of the file at the time it was read: {@link saveDescriptor} compares it, to see whether the file changed since. */
  readonly identity: FileIdentity;
}

/**
 * Reads and parses a descriptor. What is wrong in it is in `diagnostics`, as {@link parseDescriptor} says.
 *
 * @param path - The descriptor, or the directory that holds it; symlinks are followed.
 * @throws DescriptorError with code `FILE_UNREADABLE` if there is no such file or it cannot be read; `DESCRIPTOR_MISSING` if
 * the directory has no descriptor.
 */
export function loadDescriptor(path: string, options?: ParseOptions): Promise<LoadedDescriptor> {
  return runAsync(descriptorAt(path, options));
}

/** {@link loadDescriptor}, blocking. */
export function loadDescriptorSync(path: string, options?: ParseOptions): LoadedDescriptor {
  return runSync(descriptorAt(path, options));
}

/** {@link loadDescriptor} as steps. */
export function* descriptorAt(path: string, options: ParseOptions = {}): Steps<LoadedDescriptor> {
  requireCall(NODE.descriptorAt, [path, options]);
  const real = yield* locatedOrExplained(path);
  const limit = limitOf(options);
  const most = typeof limit === 'number' ? limit : 0;
  const { bytes, size, stats } = yield* readable(real, readStart(real, most));
  const parsed =
    typeof limit === 'number' && size > limit
      ? unreadable(diagnostic('INPUT_TOO_LARGE', { bytes: Number(size), limit }))
      : parseDescriptor(bytes, options);
  const found = { path: real, directory: dirname(real), identity: identityOf(stats) };
  if (parsed.descriptor !== undefined) return { ...found, ...parsed };
  return { ...found, accepted: false, diagnostics: yield* explained(real, parsed.diagnostics) };
}

function* locatedOrExplained(path: string): Steps<string> {
  try {
    return yield* locateDescriptor(path);
  } catch (error) {
    if (!(error instanceof DescriptorError) || !isGone(error.cause)) throw error;
    const [first, ...rest] = yield* givenDirectory(path);
    if (first === undefined) throw error;
    throw new DescriptorError([first, ...rest], { cause: error.cause });
  }
}

function* givenDirectory(path: string): Steps<readonly Diagnostic[]> {
  try {
    const real = yield* realPath(path);
    if (!(yield* status(real)).isDirectory()) return [];
    const found = yield* describeDirectory(real);
    if (found.length > 0) return found;
    return [
      diagnostic('DESCRIPTOR_MISSING', { directory: real, images: [], disks: [], empty: true }),
    ];
  } catch {
    return [];
  }
}

/** The same error; if a descriptor is given that does not exist, with what its directory has, as steps. */
export function* withDirectory(path: string, error: unknown): Steps<unknown> {
  if (!(error instanceof DescriptorError) || !isGone(error.cause)) return error;
  const directory = yield* directoryGiven(path);
  if (directory === path) return error;
  const [first, ...rest] = yield* givenDirectory(directory);
  return first === undefined
    ? error
    : new DescriptorError([first, ...rest], { cause: error.cause });
}

/** The directory of a disk that is given by its descriptor, if that is missing; else the path, as steps. */
export function* directoryGiven(path: string): Steps<string> {
  try {
    yield* status(path);
    return path;
  } catch (cause) {
    refuseTooManyOpen(path, cause);
    return basename(path) === DESCRIPTOR_NAME ? dirname(path) : path;
  }
}

/** Why nothing can be read from a descriptor: what the file is instead, or which other descriptor there is. */
function* explained(
  file: string,
  diagnostics: readonly Diagnostic[],
): Steps<readonly Diagnostic[]> {
  const other = yield* describeFile(file);
  if (other !== undefined) return [other];
  const looks = yield* looksIn(dirname(file));
  return [...diagnostics, ...usableAmong(looks, file)];
}

/** The real path of the descriptor that `path` names or holds, as steps. */
export function* locateDescriptor(path: string): Steps<string> {
  requireCall(NODE.locateDescriptor, [path]);
  const found = yield* readable(path, status(path));
  const file = found.isDirectory() ? join(path, DESCRIPTOR_NAME) : path;
  return yield* readable(file, realPath(file));
}
