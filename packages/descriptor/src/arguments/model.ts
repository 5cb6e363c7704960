import { parseGuid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import { requireArgument, requireOptions } from './require.ts';
import { aFlag, anObject, isRecord, oneOf, type Rule } from './rules.ts';

/** Sizes in a descriptor can be any that the tool reads, up to 2^64 - 1. */
const aSize: Rule = {
  expected: 'a whole number from 0 on',
  fits: (value) => Number.isInteger(value) && Number(value) >= 0,
};
const aName: Rule = { expected: 'a text', fits: (value) => typeof value === 'string' };

const aGuid: Rule = {
  expected: 'a GUID in braces',
  fits: (value) => typeof value === 'string' && parseGuid(value) !== undefined,
};

const MEMBERS = {
  root: aName,
  size: aSize,
  blockSize: aSize,
  mode: oneOf(['raw', 'expanded', 'preallocated']),
  geometry: anObject({ cylinders: aSize, heads: aSize }),
  images: { expected: 'a list of images', fits: Array.isArray },
  shots: { expected: 'a list of shots', fits: Array.isArray },
} satisfies Partial<Record<keyof DiskDescriptor, Rule>>;

const OPTIONAL_MEMBERS = {
  maxDeltaSize: aSize,
  encryptionKeyId: aName,
  volume: anObject({ readOnly: aFlag }),
  storages: { expected: 'a list of storages', fits: Array.isArray },
  topGuid: aGuid,
} satisfies Partial<Record<keyof DiskDescriptor, Rule>>;

const anImage = anObject({ guid: aGuid, type: oneOf(['Plain', 'Compressed']), file: aName });
const aShot = anObject({ guid: aGuid, parentGuid: aGuid, temporary: aFlag });

/**
 * Refuses what is not the model of a descriptor, whatever is wrong with the disk that it describes.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireDescriptor(value: unknown): asserts value is DiskDescriptor {
  if (!isRecord(value)) {
    requireArgument('descriptor', value, { expected: 'a descriptor', fits: () => false });
    return;
  }
  for (const [name, rule] of Object.entries(MEMBERS)) requireArgument(name, value[name], rule);
  requireOptions(value, OPTIONAL_MEMBERS, 'descriptor');
  requireItems('images', value['images'], anImage);
  requireItems('shots', value['shots'], aShot);
}

function requireItems(name: string, items: unknown, rule: Rule): void {
  if (!Array.isArray(items)) return;
  for (const [index, item] of items.entries())
    if (!rule.fits(item)) requireArgument(`${name}[${String(index)}]`, item, rule);
}

/** What no XML document can hold: most control characters, halves of characters, two noncharacters. */
const NO_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const aWritableText: Rule = {
  expected: 'a text that is not empty, of characters that XML can hold',
  fits: (value) => typeof value === 'string' && value !== '' && !NO_XML.test(value),
};
const anElementName: Rule = {
  expected: 'the name of an XML element',
  fits: (value) =>
    aWritableText.fits(value) && /^[^\s<>&"'/=!?\d.-][^\s<>&"'/=!?]*$/u.test(String(value)),
};

/**
 * Refuses what cannot be written as a document that says the same.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireWritable(descriptor: unknown): asserts descriptor is DiskDescriptor {
  requireDescriptor(descriptor);
  const { root, encryptionKeyId, volume, images } = descriptor;
  requireArgument('root', root, anElementName);
  requireOptions({ encryptionKeyId }, { encryptionKeyId: aWritableText });
  requireOptions({ ...volume }, { parent: aWritableText, snapshotGuid: aWritableText }, 'volume');
  for (const [index, { file }] of images.entries())
    if (!aWritableText.fits(file))
      requireArgument(`images[${String(index)}].file`, file, aWritableText);
}
