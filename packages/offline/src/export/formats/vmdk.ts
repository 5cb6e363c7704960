import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

import { streamVmdk, VMDK_WRITER } from '@ploop/image/internal';

import type { NamedFormat } from './export-format.ts';
import { imageSize } from './lay-out.ts';

const compressed = promisify(deflate);

/** The format of VMware: monolithicSparse, compressed streamOptimized. */
export const VMDK: NamedFormat<'vmdk'> = {
  name: 'vmdk',
  endings: ['.vmdk'],
  writer: VMDK_WRITER,
  compressor: {
    inOrder: true,
    compress: (disk, id, target) =>
      streamVmdk(
        disk,
        { size: imageSize(disk, VMDK_WRITER), id },
        { ...target, deflate: (bytes) => compressed(bytes) },
      ),
  },
};
