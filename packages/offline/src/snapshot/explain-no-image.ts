import { DescriptorError } from '@ploop/descriptor';
import type { ConfineOptions } from '@ploop/descriptor/node';

import { checkDisk } from '../check/check-disk.ts';
import { NO_IMAGE } from '../check/whole-below.ts';

/**
 * The error of a snapshot that cannot be opened as a file is not an image, with what check says of that file; any other
 * error as it is.
 */
export async function explainNoImage(
  path: string,
  error: unknown,
  { confine }: ConfineOptions,
): Promise<unknown> {
  if (!(error instanceof DescriptorError)) return error;
  const [refused] = error.diagnostics;
  if (refused === undefined || !NO_IMAGE.has(refused.code) || !('file' in refused.data))
    return error;
  const { file } = refused.data;
  const check = await checkDisk(path, { confine }).catch(() => undefined);
  const explained = check?.diagnostics.find(
    ({ code, data }) => code === refused.code && 'file' in data && data.file === file,
  );
  return explained === undefined ? error : new DescriptorError([explained]);
}
