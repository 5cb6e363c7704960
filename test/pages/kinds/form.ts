import type { DiagnosticCode } from '../../../packages/descriptor/src/diagnostics/codes.ts';

/** Chooses a number from `least` to `most`: for the same place always the same one, on all disks of a test. */
export type Draw = (place: number, least: number, most: number) => number;

/** The choices of a test. */
export function drawOf(seed: number): Draw {
  return (place, least, most) => {
    // The last steps of MurmurHash3: any spread will do.
    const mixed = Math.imul((seed * 31 + place) ^ (place << 16), 0x85eb_ca6b) >>> 0;
    const spread = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) >>> 0;
    return least + (((spread ^ (spread >>> 16)) >>> 0) % (most - least + 1));
  };
}

/** A kind of situation of a disk that is more than a chain of images: split, bare, in a container, with file systems. */
export interface Form {
  readonly name: string;
  /** Makes a healthy one in a directory that is there, and returns the path that is checked. */
  readonly make: (directory: string, draw: Draw) => Promise<string> | string;
  /** Brings it into the situation, and returns the path that is checked then if it is another one. */
  readonly spoil: (path: string, draw: Draw) => Promise<string> | string | undefined;
  readonly code: DiagnosticCode;
  /** Other warnings and errors that may come with it. */
  readonly beside?: readonly DiagnosticCode[];
  /** What the finding says. */
  readonly says?: RegExp;
  /** What its hint says. */
  readonly hint?: RegExp;
  /** The code that opening it for an export fails with. */
  readonly opens?: DiagnosticCode;
  /** What is found on a healthy one, notes included. */
  readonly healthy?: readonly DiagnosticCode[];
}

/** One of some values. */
export function oneOf<Value>(draw: Draw, place: number, values: readonly Value[]): Value {
  const value = values[draw(place, 0, values.length - 1)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

/** Names of images that programs have trouble with. */
export const NAMES = [
  ...['root.hdd', 'a disk.hds', "it's one", 'x', 'r+w = 1.hdd', 'ROOT.HDS', '-x.hdd', ' lead.hdd'],
  ...[
    'back\\slash',
    'B\u00fcro.hdd',
    'Bu\u0308ro.hdd',
    'new\nline.hdd',
    '$(reboot).hdd',
    'a"b.hdd',
  ],
];
