import { DescriptorError } from '@ploop/descriptor';
import { peekDisk, type FoundFileSystem } from '@ploop/descriptor/image';
import { openSnapshot, perform, type Steps } from '@ploop/descriptor/node';

import { ReadError } from '../read-error.ts';
import type { Source } from '../source.ts';

/**
 * The file system on the top of a disk that is not mounted, from its superblock, through the images; `undefined` where
 * there is none that is known. Images are read asynchronously alone.
 *
 * @throws ReadError `FILE_SYSTEM_UNKNOWN` where the images cannot be read, and from the blocking form.
 */
export function superblockOf({ descriptorPath }: Source): Steps<FoundFileSystem | undefined> {
  return perform({
    sync: () => {
      throw new ReadError(
        'FILE_SYSTEM_UNKNOWN',
        `beside ${descriptorPath} is no .statfs, and superblocks are read by fsInfo, not by fsInfoSync`,
      );
    },
    async: () =>
      firstFileSystem(descriptorPath).catch((cause: unknown) => {
        if (!(cause instanceof DescriptorError)) throw cause;
        throw new ReadError('FILE_SYSTEM_UNKNOWN', `there is no .statfs: ${cause.message}`, {
          cause,
        });
      }),
  });
}

/** The tool mounts the first partition, where there are any. */
async function firstFileSystem(descriptorPath: string): Promise<FoundFileSystem | undefined> {
  const snapshot = await openSnapshot(descriptorPath);
  try {
    const { fileSystems } = await peekDisk(snapshot.readInto, snapshot.size);
    await snapshot.checkUnchanged();
    const [first] = fileSystems;
    return first?.partition === undefined || first.partition === 1 ? first : undefined;
  } finally {
    await snapshot.close();
  }
}
