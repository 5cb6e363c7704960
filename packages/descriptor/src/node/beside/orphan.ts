import { basename } from 'node:path';

import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { FileLook } from './look.ts';

/** How every release names the deltas that it makes: after the base, with a random GUID. */
export const DELTA_NAME = /.\.\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}(?:\.hds)?$/i;

/** The same with its end cut off, or with something after it, such as `.part`. */
const LIKE_DELTA = /.\.\{[0-9a-f]{8}-/i;

/** What is known of the disk that a file lies beside. */
export interface Disk {
  /** Names of its images, the base first. */
  readonly images: readonly string[];
  /** GUIDs of missing images that the file may be. */
  readonly mayBe: readonly string[];
  /** Whether an image is missing, or has no file of its own. */
  readonly isBroken: boolean;
  /** When its descriptor was written, ISO 8601. */
  readonly described: string;
}

/** The finding about a file that looks like an image, by its name or its content, and does not belong to the disk. */
export function orphan(
  { file, isEscaped, bytes, modified, isImage, header, inUse = false }: FileLook,
  { images, mayBe, isBroken, described }: Disk,
): Diagnostic | undefined {
  const name = basename(file);
  const isDelta = DELTA_NAME.test(name);
  if (!isDelta && isImage === undefined) return undefined;
  const isLikeDelta = isDelta || LIKE_DELTA.test(name);
  const like = isLikeDelta
    ? undefined
    : images.find((image) => image !== '' && name.startsWith(image));
  return diagnostic('DELTA_ORPHANED', {
    ...{ file, bytes, modified, inUse },
    ...(isEscaped && { isEscaped }),
    ...(header && { sectors: header.statedSize, blockSize: header.blockSize }),
    ...(isLikeDelta ? { named: 'delta' as const } : {}),
    ...(like === undefined ? {} : { like }),
    ...(mayBe.length > 0 && { mayBe }),
    ...(isBroken && { isBroken }),
    ...(isBroken && modified > described && { isNewer: true }),
  });
}
