import type { Steps } from '@ploop/descriptor/internal';

import type { DescribedImage, ImageFormat } from '../image-format.ts';
import { checkQcow2 } from './check/check-qcow2.ts';
import { openQcow2 } from './open-qcow2.ts';
import { isQcow2 } from './qcow2-header.ts';
import { readQcow2 } from './read-qcow2.ts';

/** Images of QEMU, version 2 and 3. */
export const QCOW2: ImageFormat = {
  name: 'qcow2',
  probe: isQcow2,
  describe: function* (source, start, depth): Steps<DescribedImage> {
    const image = yield* readQcow2(source, start, depth);
    return {
      description: image.description,
      diagnostics: [],
      open: (options = {}) => openQcow2(source, image, options),
      check: (options) => checkQcow2(source, image, options),
    };
  },
};
