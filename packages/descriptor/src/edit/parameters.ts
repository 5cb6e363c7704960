import type { DiskDescriptor } from '../model.ts';
import { sectorsPerTrack } from '../serialize.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { insertAfter, insertFirst, leaf, nameBeside, removeElement } from './element-edits.ts';
import { editLeaf, type LeafEdit } from './leaves.ts';
import type { Splice } from './splice.ts';

/** Elements of Disk_Parameters after which a new one goes, last first. */
const PARAMETERS = ['Padding', 'Sectors', 'Heads', 'Cylinders', 'Disk_size'];

/** The changes to `Disk_Parameters` and to what `Storage` says beside its images. */
export function editParameters(
  text: string,
  parameters: XmlElement,
  storage: XmlElement,
  before: DiskDescriptor,
  after: DiskDescriptor,
): Splice[] {
  const { cylinders, heads } = after.geometry;
  const resized = before.size !== after.size;
  const reshaped =
    before.geometry.cylinders !== cylinders || before.geometry.heads !== heads || resized;
  const preallocated = after.mode === 'preallocated';
  const edits: readonly (readonly [isChanged: boolean, edit: LeafEdit])[] = [
    [resized, { parent: parameters, name: 'Disk_size', value: digits(after.size) }],
    [resized && has(storage, 'End'), { parent: storage, name: 'End', value: digits(after.size) }],
    [
      before.maxDeltaSize !== after.maxDeltaSize,
      {
        parent: parameters,
        name: 'Max_delta_size',
        value: after.maxDeltaSize === undefined ? undefined : digits(after.maxDeltaSize),
        behind: ['Disk_size'],
      },
    ],
    [
      before.geometry.cylinders !== cylinders,
      { parent: parameters, name: 'Cylinders', value: digits(cylinders), behind: ['Disk_size'] },
    ],
    [
      before.geometry.heads !== heads,
      {
        parent: parameters,
        name: 'Heads',
        value: digits(heads),
        behind: ['Cylinders', 'Disk_size'],
      },
    ],
    [
      reshaped && has(parameters, 'Sectors'),
      {
        parent: parameters,
        name: 'Sectors',
        value: digits(sectorsPerTrack(after.size, after.geometry)),
      },
    ],
    [
      before.blockSize !== after.blockSize,
      { parent: storage, name: 'Blocksize', value: digits(after.blockSize), behind: ['End'] },
    ],
    [
      preallocated !== (before.mode === 'preallocated'),
      {
        parent: storage,
        name: 'Preallocated',
        value: preallocated ? '1' : undefined,
        behind: ['Blocksize', 'End'],
      },
    ],
  ];
  return [
    ...edits.flatMap(([isChanged, edit]) => (isChanged ? editLeaf(text, edit) : [])),
    ...(before.encryptionKeyId === after.encryptionKeyId
      ? []
      : editEncryption(text, parameters, after.encryptionKeyId)),
  ];
}

function editEncryption(text: string, parameters: XmlElement, keyId: string | undefined): Splice[] {
  const element = child(parameters, 'Encryption');
  if (element !== undefined)
    return keyId === undefined
      ? [removeElement(text, element)]
      : editLeaf(text, { parent: element, name: 'KeyId', value: keyId });
  if (keyId === undefined) return [];
  const name = (one: string): string => nameBeside(text, parameters, one);
  const xml = `<${name('Encryption')}>${leaf(name('KeyId'), keyId)}</${name('Encryption')}>`;
  for (const sibling of PARAMETERS) {
    const found = child(parameters, sibling);
    if (found !== undefined) return [insertAfter(text, found, xml)];
  }
  return [insertFirst(text, parameters, xml)];
}

function has(parent: XmlElement, name: string): boolean {
  return child(parent, name) !== undefined;
}

function digits(count: number): string {
  return BigInt(count).toString();
}
