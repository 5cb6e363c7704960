import { constants, open } from 'node:fs/promises';

import { handleReader, writeFully } from '../disk/handle.ts';
import { inTurn, type Sink } from './sink.ts';

/**
 * A block device, written in place: what was on it shows through nowhere, as zeros are written too. It is refused where
 * it is mounted or smaller than the disk. An export that fails leaves it half written; it begins anew.
 */
export async function deviceSink(path: string, size: number): Promise<Sink> {
  // With O_EXCL the kernel refuses a block device that is in use.
  const handle = await open(path, constants.O_RDWR | constants.O_EXCL);
  try {
    const { bytesRead } = await handle.read(new Uint8Array(1), 0, 1, Math.max(0, size - 1));
    if (size > 0 && bytesRead === 0) throw new Error('it is smaller than the disk');
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    start: 0,
    direct: { fd: handle.fd, inOrder: false },
    ...inTurn((bytes, position) => writeFully(handle, bytes, position)),
    written: { readAt: handleReader(handle), endsThere: false },
    finish: async () => {
      await handle.sync();
      await handle.close();
    },
    abandon: async () => {
      await handle.close();
      return undefined;
    },
  };
}
