import { openDisk, ReadError, type Disk } from 'ploop';

/** What there is to know of a disk without starting a process, line by line. */
export async function main(path: string): Promise<readonly string[]> {
  const disk = await openDisk(path);
  const { size, clusterSize, version } = await disk.imageInfo();
  const snapshots = await disk.snapshots();
  return [
    `${String(size)} bytes in clusters of ${String(clusterSize)}, format version ${String(version)}`,
    `${String(snapshots.length - 1)} snapshots, written to ${await disk.topDelta()}`,
    (await disk.isMounted()) ? 'mounted' : 'not mounted',
    await space(disk),
  ];
}

/** Mounted, the file system itself is asked; else what it or the tool noted last. */
async function space(disk: Disk): Promise<string> {
  try {
    const { blockSize, blocksFree, source, stale } = await disk.fsInfo();
    return `${String(blockSize * blocksFree)} bytes free (${source}${stale ? ', may be outdated' : ''})`;
  } catch (error) {
    if (error instanceof ReadError && error.code === 'FILE_SYSTEM_UNKNOWN')
      return 'no file system that could be read without mounting it';
    throw error;
  }
}
