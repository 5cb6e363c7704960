import type { DiskContent, FoundFileSystem } from '@ploop/contents';
import { DescriptorError } from '@ploop/descriptor';
import { refuseTooManyOpen, type Steps } from '@ploop/descriptor/internal';
import { snapshotContent } from '@ploop/offline/internal';

import { ReadError } from '../io/read-error.ts';
import type { Source } from '../state/source.ts';

/**
 * The file system on the top of a disk that is not mounted, from its superblock, through the images; `undefined` if
 * none is known. The tool mounts the first partition, where there are any.
 *
 * @throws ReadError `FILE_SYSTEM_UNKNOWN` where the images cannot be read.
 */
export function* superblockOf({
  descriptorPath,
  confine,
}: Source): Steps<FoundFileSystem | undefined> {
  let content: DiskContent;
  try {
    content = yield* snapshotContent(descriptorPath, undefined, { confine });
  } catch (cause) {
    refuseTooManyOpen(descriptorPath, cause);
    if (!(cause instanceof DescriptorError)) throw cause;
    const message = `there is no .statfs: ${cause.message}`;
    throw new ReadError('FILE_SYSTEM_UNKNOWN', message, { cause });
  }
  const [first] = content.fileSystems;
  return first?.partition === undefined || first.partition === 1 ? first : undefined;
}
