/** Units in a group: as many as a table of a qcow2 image with clusters of 64 KiB has entries. */
export const GROUP_UNITS = 8192;

/** In place of the place of a unit: nothing is stored, or zeros are stated. */
const NOTHING = -1;
export const ZEROS = -2;

/** Units of a disk in a row, all of which hold data. */
interface UnitRun {
  readonly unit: number;
  readonly count: number;
  /** Units with data before it. */
  readonly place: number;
}

/**
 * Which units of a disk, such as the clusters of an image, hold data. Data are stored unit after unit, in the order of
 * the disk.
 */
export interface UnitMap {
  /** Bytes of a unit. */
  readonly unitBytes: number;
  /** Units of the disk; the last one may not be whole. */
  readonly count: number;
  /** Units that hold data. */
  readonly stored: number;
  /** Numbers of the groups that hold data or state zeros, in order. */
  readonly groups: readonly number[];
  /** By unit of a group: units with data before it, {@link NOTHING} or {@link ZEROS}. */
  readonly places: (group: number) => Float64Array;
  /** The units with data from the one on that has `place` others before it. */
  readonly runs: (place: number) => Generator<UnitRun, void, undefined>;
}

interface Group {
  readonly data: Uint8Array;
  zeros?: Uint8Array;
}

/** A map that is being made. */
export interface UnitMapMaker {
  /** Marks units from `first` up to but not including `end` as data. */
  readonly data: (first: number, end: number) => void;
  /** Marks units as zeros. Data win. */
  readonly zeros: (first: number, end: number) => void;
  readonly made: () => UnitMap;
}

/** Makes the map of a disk of so many bytes. It takes a bit for each unit of the groups that hold anything. */
export function unitMapOf(size: number, unitBytes: number): UnitMapMaker {
  const groups = new Map<number, Group>();
  const groupOf = (number: number): Group => {
    const group = groups.get(number) ?? { data: new Uint8Array(GROUP_UNITS / 8) };
    groups.set(number, group);
    return group;
  };
  const mark = (first: number, end: number, bitsOf: (group: Group) => Uint8Array): void => {
    for (let unit = first; unit < end;) {
      const number = Math.floor(unit / GROUP_UNITS);
      const until = Math.min(end, (number + 1) * GROUP_UNITS);
      const bits = bitsOf(groupOf(number));
      for (; unit < until; unit += 1) {
        const bit = unit % GROUP_UNITS;
        bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
      }
    }
  };
  return {
    data: (first, end) => {
      mark(first, end, ({ data }) => data);
    },
    zeros: (first, end) => {
      mark(first, end, (group) => (group.zeros ??= new Uint8Array(GROUP_UNITS / 8)));
    },
    made: () => mapOf(groups, Math.ceil(size / unitBytes), unitBytes),
  };
}

function mapOf(found: ReadonlyMap<number, Group>, count: number, unitBytes: number): UnitMap {
  const groups = [...found.keys()].sort((one, other) => one - other);
  const before = new Map<number, number>();
  let stored = 0;
  for (const number of groups) {
    before.set(number, stored);
    stored += ones(found.get(number)?.data ?? new Uint8Array());
  }
  const places = (number: number): Float64Array => {
    const places = new Float64Array(GROUP_UNITS).fill(NOTHING);
    const group = found.get(number);
    let place = before.get(number) ?? 0;
    for (let unit = 0; group !== undefined && unit < GROUP_UNITS; unit += 1)
      if (isSet(group.data, unit)) places[unit] = place++;
      else if (group.zeros !== undefined && isSet(group.zeros, unit)) places[unit] = ZEROS;
    return places;
  };
  function* runs(from: number): Generator<UnitRun, void, undefined> {
    for (const [index, number] of groups.entries()) {
      const next = groups[index + 1];
      if ((next === undefined ? stored : (before.get(next) ?? 0)) <= from) continue;
      yield* runsIn(places(number), number * GROUP_UNITS, from);
    }
  }
  return { unitBytes, count, stored, groups, places, runs };
}

function* runsIn(
  places: Float64Array,
  firstUnit: number,
  from: number,
): Generator<UnitRun, void, undefined> {
  for (let unit = 0; unit < GROUP_UNITS; unit += 1) {
    const place = places[unit] ?? NOTHING;
    if (place < from) continue;
    let end = unit + 1;
    while (end < GROUP_UNITS && (places[end] ?? NOTHING) >= 0) end += 1;
    yield { unit: firstUnit + unit, count: end - unit, place };
    unit = end;
  }
}

function isSet(bits: Uint8Array, bit: number): boolean {
  return ((bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

function ones(bits: Uint8Array): number {
  let sum = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) sum += 1;
  return sum;
}
