import { NODE } from '../arguments/node.ts';
import { requireCall } from '../arguments/require.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { parseDescriptor, type ParseOptions } from '../parse.ts';
import { reasonOf } from './failure.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';
import { isLoneImage } from './lone-image.ts';
import { replaceFile } from './replace-file.ts';
import { runAsync, runSync, type Steps } from '../steps.ts';
import { refuseTooManyOpen } from '../too-many-open.ts';
import { unchanged } from './unchanged.ts';

/** How to save. */
export interface SaveOptions extends ParseOptions {
  /** Write what the tool would refuse, too. A file that changed is still not replaced. Default false. */
  readonly force?: boolean;
}

/**
 * Gives a descriptor a new content, as a whole or not at all, and says what is there now: to be saved again.
 *
 * The file is replaced by rename, at its real place where it was found through a symlink. Owner and mode are kept; ACLs,
 * extended attributes and further hard links are not, as with the tool. This takes no lock, as Node has none: a change
 * in the instant between the last look at the file and the rename is lost. Where the tool could be at work, hold its lock
 * on the `.lck` file beside the descriptor meanwhile, and load the descriptor after taking it.
 *
 * @param loaded - The descriptor as it was loaded.
 * @param text - The whole new document. A string is written as UTF-8, so that is what its declaration must say.
 * @throws DescriptorError with code `DESCRIPTOR_CHANGED` where the file is no longer what was loaded; the code of the
 *   finding where the tool would refuse the new content; `ENCODING_INVALID` for a string with half a character;
 *   `OWNER_NOT_KEPT` or `FILE_UNWRITABLE` where the file cannot be replaced. With all of these the old file is intact and
 *   nothing is left beside it. `FILE_NOT_SYNCED`: it is replaced, but a power cut may still bring the old one back.
 */
export function saveDescriptor(
  loaded: LoadedDescriptor,
  text: string | Uint8Array,
  options?: SaveOptions,
): Promise<LoadedDescriptor> {
  return runAsync(savedDescriptor(loaded, text, options));
}

/** {@link saveDescriptor}, blocking. */
export function saveDescriptorSync(
  loaded: LoadedDescriptor,
  text: string | Uint8Array,
  options?: SaveOptions,
): LoadedDescriptor {
  return runSync(savedDescriptor(loaded, text, options));
}

/** {@link saveDescriptor} as steps. */
export function* savedDescriptor(
  loaded: LoadedDescriptor,
  text: string | Uint8Array,
  options: SaveOptions = {},
): Steps<LoadedDescriptor> {
  requireCall(NODE.saveDescriptor, [loaded, text, options]);
  const { path, directory } = loaded;
  if (isLoneImage(loaded)) {
    const reason = 'it is an image that was read without a descriptor';
    throw new DescriptorError([diagnostic('FILE_UNWRITABLE', { file: path, reason })]);
  }
  const bytes = bytesOf(text);
  // As it will be read: a string would be taken as decoded already.
  const parsed = parseDescriptor(bytes, options);
  const [first, ...rest] = parsed.diagnostics;
  if (!parsed.accepted && options.force !== true && first !== undefined)
    throw new DescriptorError([first, ...rest]);
  const identity = yield* writable(
    path,
    replaceFile(path, bytes, () => unchanged(loaded)),
  );
  return { path, directory, identity, ...parsed };
}

/** A copy: what is checked is what is written. */
function bytesOf(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') return new Uint8Array(text);
  if (/\p{Cs}/u.test(text))
    throw new DescriptorError([diagnostic('ENCODING_INVALID', { encoding: 'UTF-8' })]);
  return new TextEncoder().encode(text);
}

function* writable<Result>(file: string, steps: Steps<Result>): Steps<Result> {
  try {
    return yield* steps;
  } catch (cause) {
    if (cause instanceof DescriptorError) throw cause;
    refuseTooManyOpen(file, cause);
    const reason = reasonOf(cause);
    throw new DescriptorError([diagnostic('FILE_UNWRITABLE', { file, reason })], { cause });
  }
}
