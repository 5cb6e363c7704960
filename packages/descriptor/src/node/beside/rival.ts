import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { ImageSurvey } from '../check-images.ts';
import type { FileLook } from './look.ts';

/**
 * The finding about another descriptor in the directory of a disk: it names images there that the one of the disk does
 * not, or is a copy.
 *
 * @param looks - All files of the directory.
 */
export function otherDescriptor(
  { file, descriptor }: FileLook,
  looks: readonly FileLook[],
  { paths, inodes }: Pick<ImageSurvey, 'paths' | 'inodes'>,
): Diagnostic | undefined {
  if (descriptor === undefined) return undefined;
  const own = descriptor.images.filter((image) => !paths.has(image.file));
  const images = own.flatMap(({ guid, file: named, isTop }) => {
    const look = looks.find((one) => one.file === named);
    if (look === undefined || inodes.has(look.key)) return [];
    const { bytes, modified, inUse = false } = look;
    return [{ guid, file: named, bytes, modified, inUse, isTop }];
  });
  if (images.length > 0) return diagnostic('DESCRIPTOR_RIVAL', { file, images });
  const gone = own.length;
  return diagnostic('DESCRIPTOR_COPY', { file, images: descriptor.images.length, gone });
}
