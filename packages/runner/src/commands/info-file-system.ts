import { bytes, type Bytes } from '@ploop/descriptor';

import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';

/** Input of `ploop info`. */
export interface InfoFileSystemInput {
  readonly descriptor: string;
}

/** Result of `ploop info`. */
export interface InfoFileSystemResult {
  /** Of the file system, in steps of 1 KiB. */
  readonly size: Bytes;
  readonly used: Bytes;
  readonly inodes: number;
  readonly inodesUsed: number;
}

// 1.15, 7.0.280, 9.0.30:
//    resource           Size           Used
//   1k-blocks       10188052          36888
//      inodes         655360             12
const USAGE = /^ *resource +Size +Used\n *1k-blocks +(\d+) +(\d+)\n *inodes +(\d+) +(\d+)\n$/;

/**
 * `ploop info`: how full the file system is. From `.statfs` beside the descriptor where there is one, which is as old as
 * the last `umount`; else from the mount; else it mounts the disk for the while, which release 7 may convert it for, and
 * leaves the directory IMAGE.mnt behind where that fails. Exit codes: 255 that mount failed, 1 the device is there but
 * nothing is mounted from it; else as `mount`.
 */
export const infoFileSystem: Command<InfoFileSystemInput, InfoFileSystemResult> = {
  name: 'info',
  verbosity: -1,
  mutates: true,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor }) => [descriptorPath(descriptor)],
  parse: (stdout) => {
    const numbers = USAGE.exec(stdout)?.slice(1).map(Number) ?? [];
    const [blocks, usedBlocks, inodes, inodesUsed] = numbers;
    const isSafe = numbers.every((number) => Number.isSafeInteger(number * 1024));
    if (
      blocks === undefined ||
      usedBlocks === undefined ||
      inodes === undefined ||
      inodesUsed === undefined ||
      !isSafe
    )
      return { expected: 'the table of 1k-blocks and inodes' };
    const value = {
      size: bytes(blocks * 1024),
      used: bytes(usedBlocks * 1024),
      inodes,
      inodesUsed,
    };
    return { value };
  },
};
