import { lookLocally } from '../tool/files.ts';

/** Whether anything is at a path. */
export async function isThere(path: string): Promise<boolean> {
  return (await lookLocally(path)) !== 'missing';
}
