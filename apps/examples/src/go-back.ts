import { openDisk } from 'ploop';

/** Goes back to a snapshot, keeping what was written since as another one, whose GUID it gives. */
export async function main(path: string, guid: string): Promise<string | undefined> {
  const disk = await openDisk(path);
  const { refusals } = await disk.plan.switchSnapshot(guid, { keepOldTop: true });
  for (const { code, hint } of refusals) throw new Error(`${code}: ${hint}`);
  const { oldTop } = await disk.switchSnapshot(guid, { keepOldTop: true });
  return oldTop;
}
