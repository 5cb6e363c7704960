import { realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';

/**
 * What runs on the same disk have in common: the directory, free of symlinks, that its descriptor and its images lie in, as
 * the tool's commands on images alone take no lock of their own. A device stands for itself.
 */
export async function diskKey(path: string): Promise<string> {
  const real = await realPathOf(normalize(path));
  return keyOf(real);
}

/** The same for a disk on another machine, whose links cannot be followed. */
export function remoteDiskKey(path: string): Promise<string> {
  return Promise.resolve(keyOf(normalize(path)));
}

/** Where devices are, and not files in memory. */
const DEVICE = /^\/dev\/(?!shm\/)/;

function keyOf(path: string): string {
  return DEVICE.test(path) ? path : dirname(path);
}

/** What is about to be made has a directory that is there. */
async function realPathOf(path: string): Promise<string> {
  const real = await tryRealPath(path);
  if (real !== undefined) return real;
  const directory = (await tryRealPath(dirname(path))) ?? dirname(path);
  return join(directory, basename(path));
}

async function tryRealPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
