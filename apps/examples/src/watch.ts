import { openDisk, type DiskChange } from 'ploop';

/** The changes of a disk until its top is another one. */
export async function main(path: string): Promise<readonly DiskChange['change'][]> {
  await using disk = await openDisk(path);
  const seen: DiskChange['change'][] = [];
  for await (const { change } of disk.watch()) {
    seen.push(change);
    if (change === 'switched') break;
  }
  return seen;
}
