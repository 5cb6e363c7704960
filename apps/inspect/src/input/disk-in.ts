import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DESCRIPTOR = 'DiskDescriptor.xml';

/**
 * The disk that a person means by the directory of a container or virtual machine: the only one in it. Anything else is
 * left as it is typed, so that reading it says what is there.
 */
export function diskIn(path: string): string {
  try {
    if (!statSync(path).isDirectory() || isThere(join(path, DESCRIPTOR))) return path;
    const disks = readdirSync(path, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && isThere(join(path, entry.name, DESCRIPTOR)),
    );
    const [only, ...others] = disks;
    return only === undefined || others.length > 0 ? path : join(path, only.name);
  } catch {
    return path;
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
