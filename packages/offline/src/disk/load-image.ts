import { DescriptorError, type ParseOptions } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { runAsync, type Steps } from '@ploop/descriptor/internal';
import type { ConfineOptions, LoadedDescriptor } from '@ploop/descriptor/node';
import { descriptorAt, withDirectory, loneImageOf } from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { aloneOf, type LoadedAlone } from './alone.ts';

/**
 * Reads a descriptor, or an image without one as a disk of one image: the image that is given, unless a descriptor beside
 * it names it, or the only one in a directory without a descriptor. A qcow2 image is one with its backing files, a bare
 * disk one by itself. Findings say so (`IMAGE_ALONE`), and whether it may need other images (`IMAGE_MAYBE_DELTA`). The path of the result is that of the image then: it is to be read only.
 *
 * @param path - The descriptor, the directory that holds it, or an image.
 * @throws DescriptorError with code `DESCRIPTOR_MISSING` or `FILE_UNREADABLE`; of a qcow2 image `DELTA_OUTSIDE` or
 * `IMAGE_UNSUPPORTED`.
 */
export async function loadDescriptorOrImage(path: string): Promise<LoadedDescriptor | LoadedAlone> {
  requireCall(OFFLINE.loadDescriptorOrImage, [path]);
  return runAsync(descriptorOrImageAt(path));
}

/** {@link loadDescriptorOrImage} as steps. `confine`: where the images below may be. */
export function* descriptorOrImageAt(
  path: string,
  options: ParseOptions = {},
  confine: ConfineOptions = {},
): Steps<LoadedDescriptor | LoadedAlone> {
  let loaded: LoadedDescriptor;
  try {
    loaded = yield* descriptorAt(path, options);
  } catch (cause) {
    const error = yield* withDirectory(path, cause);
    const findings = error instanceof DescriptorError ? error.diagnostics : [];
    const lone = (yield* loneImageOf(findings)) ?? (yield* aloneOf(findings, confine));
    if (lone === undefined) throw error;
    return lone;
  }
  if (loaded.descriptor !== undefined) return loaded;
  const { diagnostics } = loaded;
  return (yield* loneImageOf(diagnostics)) ?? (yield* aloneOf(diagnostics, confine)) ?? loaded;
}
