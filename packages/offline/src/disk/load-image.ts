import { DescriptorError, type ParseOptions } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync, type Steps } from '@ploop/descriptor/internal';
import type { LoadedDescriptor } from '@ploop/descriptor/node';
import { descriptorAt, withDirectory, loneImageOf } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';

/**
 * Reads a descriptor, or an image without one as a disk of one image: the image that is given, unless a descriptor beside
 * it names it, or the only one in a directory without a descriptor. Findings say so (`IMAGE_ALONE`), and whether it may
 * need other images (`IMAGE_MAYBE_DELTA`). The path of the result is that of the image then: it is to be read only.
 *
 * @param path - The descriptor, the directory that holds it, or an image.
 * @throws DescriptorError with code `DESCRIPTOR_MISSING` or `FILE_UNREADABLE`.
 */
export async function loadDescriptorOrImage(path: string): Promise<LoadedDescriptor> {
  requireCall(OFFLINE.loadDescriptorOrImage, [path]);
  return runAsync(descriptorOrImageAt(path));
}

/** {@link loadDescriptorOrImage} as steps. */
export function* descriptorOrImageAt(
  path: string,
  options: ParseOptions = {},
): Steps<LoadedDescriptor> {
  let loaded: LoadedDescriptor;
  try {
    loaded = yield* descriptorAt(path, options);
  } catch (cause) {
    const error = yield* withDirectory(path, cause);
    const lone = error instanceof DescriptorError && (yield* loneImageOf(error.diagnostics));
    if (lone === false || lone === undefined) throw error;
    return lone;
  }
  if (loaded.descriptor !== undefined) return loaded;
  return (yield* loneImageOf(loaded.diagnostics)) ?? loaded;
}
