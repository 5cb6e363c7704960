import { inspect } from 'node:util';

import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import type { Steps } from '../steps.ts';
import { closeFile, openRegular, realPath, status, type OpenFile } from './files.ts';
import { placeOfOpen } from './open-place.ts';
import { isWithin, placeOf } from './place.ts';
import { readable, unreadableFile } from './readable.ts';

/** Where the files of a disk may be. */
export interface ConfineOptions {
  /**
   * The directory that must hold every file that a descriptor, an image or a directory leads to, by real paths. Default:
   * the real directory of the descriptor. For volumes and linked clones, pass the directory that holds all of them.
   * `false`: the files may be anywhere.
   */
  readonly confine?: string | false | undefined;
}

/** {@link ConfineOptions} of one disk. */
export interface Confinement {
  /** Real path of the directory that must hold all files; `undefined`: they may be anywhere. */
  readonly within: string | undefined;
}

/** A file that a descriptor names for an image. */
export interface NamedFile {
  readonly guid: string;
  /** Absolute path, symlinks still in it. */
  readonly file: string;
  /** Real path of the directory of the descriptor that names it. */
  readonly directory: string;
}

const ANYWHERE: Confinement = { within: undefined };

/**
 * The confinement of a disk, as steps.
 *
 * @param directory - Real path of the directory that holds the descriptor.
 * @throws DescriptorError with code `FILE_UNREADABLE` if `confine` is not a directory.
 */
export function* confinementOf(
  directory: string,
  options: ConfineOptions = {},
): Steps<Confinement> {
  requireCall(NODE.confinementOf, [directory, options]);
  const { confine } = options;
  if (confine === false) return ANYWHERE;
  const asked: unknown = confine;
  // Null, from JavaScript, is the default: the strictest.
  if (asked === undefined || asked === null) return { within: directory };
  try {
    return { within: yield* directoryAt(asked) };
  } catch (cause) {
    const directory = typeof asked === 'string' ? asked : inspect(asked);
    throw unreadableFile(directory, cause, { option: 'confine' });
  }
}

function* directoryAt(path: unknown): Steps<string> {
  if (typeof path !== 'string') throw new TypeError('confine is neither a path nor false');
  const real = yield* realPath(path);
  if (!(yield* status(real)).isDirectory()) throw new Error('it is not a directory');
  return real;
}

/**
 * Opens a regular file for reading, as steps; `undefined` if it is outside. Checked before it is opened, so that nothing
 * outside is, and after that, as a symlink may have been replaced in between.
 */
export function* openWithin(path: string, confinement: Confinement): Steps<OpenFile | undefined> {
  requireCall(NODE.openWithin, [path, confinement]);
  const { within } = confinement;
  if (within === undefined) return yield* openRegular(path);
  if (!isWithin(within, (yield* placeOf(path)).path)) return undefined;
  const file = yield* openRegular(path);
  let isInside = false;
  try {
    isInside = isWithin(within, yield* placeOfOpen(path, file));
  } finally {
    if (!isInside) yield* closeFile(file.fd);
  }
  return isInside ? file : undefined;
}

/**
 * Opens the file of an image for reading, as steps.
 *
 * @throws DescriptorError with code `DELTA_OUTSIDE` or `FILE_UNREADABLE`.
 */
export function* openNamed(named: NamedFile, confinement: Confinement): Steps<OpenFile> {
  requireCall(NODE.openNamed, [named, confinement]);
  const opened = yield* readable(named.file, openWithin(named.file, confinement));
  if (opened !== undefined) return opened;
  throw new DescriptorError([deltaOutside(named, confinement)]);
}

/**
 * Whether a path leads outside, as steps. Nothing is opened.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE` if a part of the way cannot be looked at.
 */
export function* leadsOutside(path: string, confinement: Confinement): Steps<boolean> {
  requireCall(NODE.leadsOutside, [path, confinement]);
  const { within } = confinement;
  if (within === undefined) return false;
  const { path: place, denied } = yield* placeOf(path);
  if (!isWithin(within, place)) return true;
  if (denied === undefined) return false;
  throw unreadableFile(path, denied);
}

interface OutsideEvidence {
  readonly here?: string | undefined;
  readonly leadsTo?: string | undefined;
  readonly gone?: boolean;
}

/**
 * The finding about an image whose file is outside.
 *
 * @param known - A file of the same name beside the descriptor, where symlinks lead, and whether nothing is there.
 */
export function deltaOutside(
  { guid, file, directory }: NamedFile,
  { within = directory }: Confinement,
  { here, gone = false, leadsTo }: OutsideEvidence = {},
): Diagnostic {
  const found = {
    ...(here === undefined ? {} : { here }),
    ...(leadsTo === undefined ? {} : { leadsTo }),
    ...(gone ? { gone } : {}),
  };
  return diagnostic('DELTA_OUTSIDE', { guid, file, within, ...found });
}
