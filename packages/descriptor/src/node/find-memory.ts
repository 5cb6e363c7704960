import { status } from './files.ts';
import { runAsync } from '../steps.ts';

/** Where a search that follows symlinks has been. */
interface Memory {
  /** Whether a directory was never entered, or only where less of what is below it could be reached. */
  readonly isNewDirectory: (path: string, depth: number) => Promise<boolean>;
  readonly isNewDescriptor: (path: string) => boolean;
}

/** The memory of a search that begins. */
export function createMemory(): Memory {
  const depths = new Map<string, number>();
  const descriptors = new Set<string>();
  return {
    isNewDirectory: async (path, depth) => {
      const { dev, ino } = await runAsync(status(path));
      const key = `${String(dev)}:${String(ino)}`;
      if ((depths.get(key) ?? Infinity) <= depth) return false;
      depths.set(key, depth);
      return true;
    },
    isNewDescriptor: (path) => {
      if (descriptors.has(path)) return false;
      descriptors.add(path);
      return true;
    },
  };
}
