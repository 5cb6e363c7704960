import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';

import { openChain } from '@ploop/image';
import { compressQcow2, QCOW2_WRITER } from '@ploop/image/internal';

import type { NamedFormat } from './export-format.ts';
import { imageSize } from './lay-out.ts';

const deflate = promisify(deflateRaw);
/** The window that readers of the format have: 4 KiB. */
const WINDOW_BITS = 12;

/** The format of QEMU, version 3. */
export const QCOW2: NamedFormat<'qcow2'> = {
  name: 'qcow2',
  endings: ['.qcow2', '.qcow'],
  writer: QCOW2_WRITER,
  compressor: {
    inOrder: false,
    compress: (disk, _id, target) =>
      compressQcow2(disk, imageSize(disk, QCOW2_WRITER), {
        ...target,
        deflate: (bytes) => deflate(bytes, { windowBits: WINDOW_BITS }),
      }),
    open: (file) => openChain([file]),
  },
};
