import { createRunner, isPloopError } from '../src/index.ts';

/** Takes a snapshot; gives its GUID, or what the tool had to say against it. */
export async function takeSnapshot(descriptor: string): Promise<string> {
  const runner = createRunner({ binary: 'ploop' });
  try {
    const { guid } = await runner.snapshot({ descriptor });
    return guid;
  } catch (error) {
    if (isPloopError(error) && error.exitName === 'DISKDESCR') return 'no such disk';
    throw error;
  }
}
