import { bytes as toByteCount, diagnostic } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { checkImage, type CheckImageOptions, type ImageCheck } from '@ploop/image';
import { damagedSize } from '@ploop/image/internal';

import { openNamedImage } from '../disk/open-image.ts';
import type { PlacedImage } from '../disk/placed-images.ts';
import { cutContent, cutGeometry, type CutContent } from '../disk/cut-base.ts';
import type { WrittenImage } from './parents-newer.ts';

/** An image of a disk that was checked by itself. */
export interface CheckedImage extends WrittenImage {
  readonly check: ImageCheck;
  /** Bare disks only: what shows that the file was longer. */
  readonly cut: CutContent | undefined;
}

const SECTOR = 512n;
/** Entries of a table that a check by headers looks at: 1 MiB of them. */
const MOST_ENTRIES = 262_144;

/** Checks the file of an image. */
export async function checkedImage(
  placed: PlacedImage,
  confinement: Confinement,
  options: CheckImageOptions,
): Promise<CheckedImage> {
  const { file } = placed;
  const source = await openNamedImage(placed, confinement);
  try {
    const { blocks, size } = await source.statusNow();
    const stored = toByteCount(Number(blocks * SECTOR));
    const check = await checkImage(source, { ...options, stored });
    const cut =
      options.rawBase === true
        ? ((options.deep === true ? await runAsync(cutContent(source)) : undefined) ??
          (await runAsync(cutGeometry(source, placed.owner))))
        : undefined;
    const isSparse = check.description.format === 'ploop' && blocks * SECTOR < size;
    const most = options.deep === true ? {} : { most: MOST_ENTRIES };
    const damaged =
      check.description.format === 'ploop'
        ? await damagedSize(source, check.description, placed.stated, { ...most, ...options })
        : [];
    const [bytes, allocated] = [Number(size), stored];
    const sparse = isSparse ? [diagnostic('FILE_SPARSE', { file, bytes, allocated })] : [];
    const modified = source.identity.mtimeNs / 1_000_000n;
    const diagnostics = [...check.diagnostics, ...damaged, ...sparse];
    return { placed, check: { ...check, diagnostics }, modified, cut };
  } finally {
    await source.close();
  }
}
