import { checkDisk, exportSnapshot, openSnapshot } from '../src/index.ts';

export async function rescue(disk: string, target: string): Promise<readonly string[]> {
  const snapshot = await openSnapshot(disk);
  try {
    await exportSnapshot(snapshot, target, { verify: true });
  } finally {
    await snapshot.close();
  }
  const { diagnostics } = await checkDisk(disk);
  return diagnostics.map(({ code }) => code);
}
