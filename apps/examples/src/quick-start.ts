import { createDisk } from 'ploop';

/** Makes a disk, takes a snapshot, and returns the files that make it up. */
export async function main(directory: string): Promise<readonly string[]> {
  const disk = await createDisk({
    path: `${directory}/root.hdd`,
    size: 64 * 1024 * 1024,
    fileSystem: 'none',
  });
  const { guid } = await disk.snapshot();
  const files = await disk.images(guid);
  return files.map(({ file }) => file);
}
