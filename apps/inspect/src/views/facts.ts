import {
  resolveFile,
  toBytes,
  type DiskDescriptor,
  type Sectors,
  type StoragePart,
} from '@ploop/descriptor';
import prettyBytes from 'pretty-bytes';

import type { Container } from '../input/container.ts';
import type { Readable } from '../input/load.ts';
import { counted } from '../output/counted.ts';
import { toTable } from '../output/table.ts';
import { containerFacts, savedOf } from './saved.ts';

/** What a descriptor says, for people. */
export function factLines(disk: Readable, container: Container | undefined): readonly string[] {
  return [...facts(disk, container), '', ...shots(disk, container), ...parts(disk)];
}

function facts(
  { path, directory, descriptor, graph: { top } }: Readable,
  container: Container | undefined,
): readonly string[] {
  const file = top?.image && resolveFile(directory, top.image.file);
  return toTable([
    [file === path ? 'image' : 'descriptor', path],
    ['root', descriptor.root],
    ['size', sizeOf(descriptor.size)],
    ['cluster', sizeOf(descriptor.blockSize)],
    ['mode', descriptor.mode],
    ...encryption(descriptor),
    ['top', descriptor.topGuid ?? 'none'],
    ['top delta', file ?? 'none'],
    ...containerFacts(container),
  ]);
}

function encryption({
  encryptionKeyId: keyId,
  desktopEncryption: desktop,
}: DiskDescriptor): readonly (readonly string[])[] {
  return [
    ...(keyId === undefined ? [] : [['encrypted', `key ${keyId}`]]),
    ...(desktop === undefined ? [] : [['encrypted', `engine ${desktop.engine}`]]),
  ];
}

function shots(
  { graph: { nodes, top } }: Readable,
  container: Container | undefined,
): readonly string[] {
  const rows = nodes.map((node) => {
    const marks = [...(node === top ? ['top'] : []), ...(node.temporary ? ['temporary'] : [])];
    const { date = '', name = '' } = savedOf(container, node) ?? {};
    const named = container === undefined ? [] : [date, name];
    return [
      ...[node.guid, node.parentGuid, ...named],
      ...[node.image?.file ?? 'no image', marks.join(', ')],
    ];
  });
  const named = container === undefined ? [] : ['DATE', 'NAME'];
  return toTable([['GUID', 'PARENT', ...named, 'FILE', ''], ...rows]);
}

/** The further images of a split disk: those of its first part are above. */
function parts({ descriptor: { storages = [] } }: Readable): readonly string[] {
  const range = ({ start, end }: StoragePart): string =>
    `${start === undefined ? '?' : String(start)} to ${end === undefined ? '?' : String(end)}`;
  return storages.flatMap((storage, index) => {
    const { blockSize, mode, images } = storage;
    const number = String(index + 1);
    return [
      '',
      `storage ${number}: sectors ${range(storage)}, cluster ${sizeOf(blockSize)}, ${mode}`,
      ...toTable(images.map(({ guid, file }) => [guid, file])),
    ];
  });
}

function sizeOf(sectors: Sectors): string {
  return `${prettyBytes(toBytes(sectors), { binary: true })} (${counted(sectors, 'sector')})`;
}
