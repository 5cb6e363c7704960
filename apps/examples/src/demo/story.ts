import type { Disk } from 'ploop';

/** One step in the life of a disk. The first one, its creation, has nothing to do. */
export interface StoryStep {
  readonly title: string;
  readonly act: (disk: Disk) => Promise<unknown>;
}

const FIRST = '{a1a1a1a1-0000-4000-8000-000000000001}';
const SECOND = '{b2b2b2b2-0000-4000-8000-000000000002}';
const THIRD = '{c3c3c3c3-0000-4000-8000-000000000003}';

/** Virtual size of the disk, in bytes. */
export const SIZE: number = 64 * 1024 * 1024;

/** A short life in which every mutation occurs. */
export const story: readonly StoryStep[] = [
  { title: 'create a disk of 64 MiB', act: () => Promise.resolve() },
  { title: 'take a snapshot: a1a1a1a1', act: (disk) => disk.snapshot({ guid: FIRST }) },
  { title: 'take a second one: b2b2b2b2', act: (disk) => disk.snapshot({ guid: SECOND }) },
  { title: 'switch back to the first', act: (disk) => disk.switchSnapshot(FIRST) },
  { title: 'take a third one: c3c3c3c3', act: (disk) => disk.snapshot({ guid: THIRD }) },
  { title: 'delete the second', act: (disk) => disk.deleteSnapshot(SECOND) },
  { title: 'merge the top into the third', act: (disk) => disk.mergeSnapshot() },
];
