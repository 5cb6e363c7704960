import { basename } from 'node:path';

import type { DiskSpace, OperationSpace } from '@ploop/descriptor/node';
import prettyBytes from 'pretty-bytes';

import { toTable } from '../table.ts';

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
        ...(isNothing(one) ? ['-', '-', '-'] : [size(one.frees), size(one.moves), size(one.needs)]),
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

function isNothing({ outcome }: OperationSpace): boolean {
  return outcome === 'refused' || outcome === 'marked-temporary';
}

function note({ outcome, refusals }: OperationSpace): string {
  if (outcome === 'refused') return `refused: ${refusals.join(', ')}`;
  return outcome === 'marked-temporary' ? 'would only be marked temporary' : '';
}

function size(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}
