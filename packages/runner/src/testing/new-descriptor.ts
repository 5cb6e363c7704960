import {
  NIL_GUID,
  sectors,
  TOP_GUID,
  type DiskDescriptor,
  type DiskMode,
  type Sectors,
} from '@ploop/descriptor';
import { behaviourOf } from '@ploop/descriptor/releases';
import { geometryOf } from '@ploop/image/internal';

import type { Simulation } from './simulation.ts';

/** The descriptor of a disk of one image, as the tool writes it for a new one. */
export function newDescriptor(
  disk: {
    readonly size: Sectors;
    readonly blockSize: Sectors;
    readonly mode: DiskMode;
    readonly file: string;
  },
  { release }: Simulation,
): DiskDescriptor {
  const { size, blockSize, mode, file } = disk;
  const type = mode === 'raw' ? 'Plain' : 'Compressed';
  return {
    root: behaviourOf(release).root,
    size,
    blockSize,
    mode,
    geometry: geometryOf(size),
    topGuid: TOP_GUID,
    images: [{ guid: TOP_GUID, type, file }],
    shots: [{ guid: TOP_GUID, parentGuid: NIL_GUID, temporary: false }],
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2, M: 2 ** 11, G: 2 ** 21, T: 2 ** 31 };

/** A size as the tool reads it: sectors, or a number with a unit; `undefined` if it is invalid. */
export function sizeIn(text: string): Sectors | undefined {
  const [, count, unit = ''] = /^(\d+)([KMGT]?)$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  if (count === undefined || factor === undefined) return undefined;
  return sectors(Number(count) * factor);
}
