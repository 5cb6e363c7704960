import { basename } from 'node:path';

import type { DiskSpace, OperationSpace, UnknownSpace } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import { toTable } from '../output/table.ts';

/** What a disk takes, for people. */
export function spaceTables({ images, operations, leftovers }: DiskSpace): readonly string[] {
  return [
    ...toTable([
      [
        'GUID',
        'FILE SIZE',
        'STORED',
        'ALLOCATED',
        'SHADOWED',
        'UNIQUE',
        'SHARED',
        'UNUSED',
        'FILE',
      ],
      ...images.map((image) => [
        image.guid,
        size(image.bytes),
        size(image.stored),
        size(image.allocated),
        size(image.shadowed),
        size(image.unique),
        size(image.shared),
        size(image.unused),
        // Of another directory, the name alone would be taken for one of this.
        image.disk === undefined ? basename(image.file) : image.file,
      ]),
    ]),
    '',
    ...toTable([
      ['GUID', 'OPERATION', 'FREES', 'MOVES', 'NEEDS', ''],
      ...operations.map((one) => [
        one.guid,
        one.operation,
        ...(one.outcome === 'marked-temporary'
          ? ['-', '-', '-']
          : [one.frees, one.moves, one.needs].map(size)),
        note(one),
      ]),
    ]),
    ...(leftovers.length === 0
      ? []
      : [
          '',
          ...toTable([
            ['LEFT OVER', 'SIZE', 'FILE'],
            ...leftovers.map(({ code, bytes, file }) => [code, size(bytes), file]),
          ]),
        ]),
  ];
}

/** Why a number is not known; a refusal speaks for itself. */
const UNKNOWN: Readonly<Record<UnknownSpace, string | undefined>> = {
  REFUSED: undefined,
  IMAGE_UNREADABLE: 'an image that counts is missing or damaged',
  IMAGE_IN_USE:
    'an image is marked as in use, by a device or since a crash; the tool does not merge it',
};

function note({ outcome, refusals, warnings, unknown }: OperationSpace): string {
  const refused = refusals.map(({ code, hint }) => `refused: ${code}: ${hint}`);
  const warned = outcome === 'refused' ? [] : warnings.map(({ code, hint }) => `${code}: ${hint}`);
  const why = unknown && UNKNOWN[unknown];
  const missing = why === undefined ? [] : [`unknown: ${String(unknown)}: ${why}`];
  return [...refused, ...warned, ...missing].join(' ');
}

/** A dash stands for what is not known. */
function size(bytes: number | undefined): string {
  return bytes === undefined ? '-' : prettyBytes(bytes, { binary: true });
}
