import {
  guidKey,
  NIL_GUID,
  parseGuid,
  sectors,
  TOP_GUID,
  type DiskDescriptor,
  type Guid,
} from '@ploop/descriptor';
import fc from 'fast-check';

/** A GUID for each shot of a disk, in lower or in upper case. */
function shotGuid(index: number, isUpper = false): Guid {
  const text = `{${String.fromCharCode(97 + index).repeat(8)}-0000-4000-8000-${String(index).padStart(12, '0')}}`;
  const guid = parseGuid(isUpper ? text.toUpperCase() : text);
  if (guid === undefined) throw new TypeError(`${text} is not a GUID`);
  return guid;
}

const shape = fc.record({
  /** The parent of each shot above the base, as far below it as this says. */
  parents: fc.array(fc.nat({ max: 3 }), { minLength: 0, maxLength: 4 }),
  temporaries: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  upper: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  isUpper: fc.boolean(),
  isMarked: fc.boolean(),
  isRaw: fc.boolean(),
  /** Which shots have the constant GUID: the top, none, another one, or the top and another. */
  constant: fc.constantFrom('top', 'top', 'top', 'none', 'other'),
  root: fc.constantFrom('Parallels_disk_image', 'Virtuozzo_disk_image'),
  isVolume: fc.boolean(),
  hasKey: fc.constantFrom(false, false, false, true),
});

/** Disks with what releases differ about: bare bases, temporary shots, old formats, forks, spellings, volumes, keys. */
export const anyDisk: fc.Arbitrary<DiskDescriptor> = shape.map((one) => {
  const count = one.parents.length + 1;
  const own = (index: number): Guid => shotGuid(index, one.isUpper && one.upper[index] === true);
  const isConstant = (index: number): boolean =>
    (index === count - 1 && one.constant === 'top') ||
    (index === 0 && count > 1 && one.constant === 'other');
  const guidOf = (index: number): Guid => (isConstant(index) ? TOP_GUID : own(index));
  const parentOf = (index: number): Guid =>
    index === 0 ? NIL_GUID : guidOf(Math.max(0, index - 1 - (one.parents[index - 1] ?? 0)));
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    root: one.root,
    size: sectors(4096),
    blockSize: sectors(64),
    mode: one.isRaw ? 'raw' : 'expanded',
    geometry: { cylinders: 400, heads: 16 },
    ...(one.hasKey && { encryptionKeyId: 'key' }),
    ...(one.isVolume && { volume: { readOnly: false } }),
    topGuid: guidOf(count - 1),
    images: indexes.map((index) => ({
      guid: guidOf(index),
      type: one.isRaw ? 'Plain' : 'Compressed',
      file: `f${String(index)}`,
    })),
    shots: indexes.map((index) => ({
      guid: guidOf(index),
      parentGuid: parentOf(index),
      temporary: one.isMarked && index < count - 1 && one.temporaries[index] === true,
    })),
  };
});

/** An operation on one of the shots. */
export const anyOperation = fc.record({
  name: fc.constantFrom('snapshot', 'delete', 'merge', 'switch'),
  shot: fc.nat({ max: 4 }),
});

/** The shot that an operation is about. */
export function shotAt({ shots }: DiskDescriptor, index: number): Guid {
  return shots[index % shots.length]?.guid ?? NIL_GUID;
}

/** A GUID that no disk has. */
export const NEW: Guid = shotGuid(5);

/** Whether a GUID is the top's. */
export function isTop({ topGuid }: DiskDescriptor, guid: Guid): boolean {
  return topGuid !== undefined && guidKey(topGuid) === guidKey(guid);
}
