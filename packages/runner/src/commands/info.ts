import { isClusterSize, sectors, toBytes, type Bytes } from '@ploop/descriptor';

import { descriptorPath } from '../argv/paths.ts';
import type { Command } from '../command.ts';

/** Input of `ploop info -s`. */
export interface InfoInput {
  readonly descriptor: string;
}

/** Result of `ploop info -s`. */
export interface InfoResult {
  /** Virtual size of the top delta. */
  readonly size: Bytes;
  readonly clusterSize: Bytes;
  /** Format version; 0 for a raw image. */
  readonly version: 0 | 1 | 2;
}

// 1.15, 7.0.280, 9.0.30: "size:\t\t204800\nblocksize:\t2048\nfmt_version:\t1\n"
const SPEC = /^size:\t+(\d+)\nblocksize:\t+(\d+)\nfmt_version:\t+([012])\n$/;

const VERSIONS: Readonly<Record<string, 0 | 1 | 2>> = { 0: 0, 1: 1, 2: 2 };

/**
 * `ploop info -s`: the parameters of the top delta. Takes the lock of the disk, for up to 60 seconds, and leaves a lock
 * file. Exit codes: 4 the image cannot be read, or is in use (1.12, 1.15), 23 lock or descriptor, 39 no descriptor.
 */
export const info: Command<InfoInput, InfoResult> = {
  name: 'info',
  verbosity: -1,
  mutates: false,
  disk: ({ descriptor }) => descriptor,
  argv: ({ descriptor }) => ['-s', descriptorPath(descriptor)],
  parse: (stdout) => {
    const spec = parseSpec(stdout);
    return spec === undefined ? { expected: 'size, blocksize and fmt_version' } : { value: spec };
  },
};

/** Reads the three lines of `-s`; `undefined` where they are others. */
export function parseSpec(text: string): InfoResult | undefined {
  const [, size, blockSize, version] = SPEC.exec(text) ?? [];
  if (size === undefined || blockSize === undefined || version === undefined) return undefined;
  const clusterSectors = Number(blockSize);
  if (!Number.isSafeInteger(Number(size) * 512) || !isClusterSize(clusterSectors)) return undefined;
  return {
    size: toBytes(sectors(Number(size))),
    clusterSize: toBytes(sectors(clusterSectors)),
    version: VERSIONS[version] ?? 0,
  };
}
