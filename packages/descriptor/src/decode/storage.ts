import type { DiskMode, Image, StoragePart } from '../model.ts';
import { isClusterSize, sectors, type Sectors } from '../units.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { low32, parseUnsigned } from '../xml/number.ts';
import { decodeImage } from './image.ts';
import { decodeList, type DecodedList } from './list.ts';
import type { Report } from './report.ts';

/** What `StorageData` holds. */
export interface DecodedStorage {
  readonly blockSize: Sectors;
  readonly mode: DiskMode;
  readonly images: DecodedList<Image>;
  readonly storages?: readonly StoragePart[];
}

/** `StorageData`: exactly one `Storage`; after the first, any element that follows makes a split disk. */
export function decodeStorage(
  root: XmlElement,
  isValidated: boolean,
  report: Report,
): DecodedStorage {
  const data = child(root, 'StorageData');
  const [storage, ...others] = data?.children.from('Storage') ?? [];
  if (storage === undefined) {
    report('STORAGE_MISSING', {}, data ?? root);
    return {
      blockSize: sectors(0),
      mode: 'expanded',
      images: { items: [], count: 0, placeOf: () => undefined },
    };
  }
  const [second] = others;
  if (second !== undefined) report('STORAGE_SPLIT', { element: second.name }, second);
  const first = decodeOne(storage, isValidated, report);
  const further = others.filter(({ name }) => name === 'Storage');
  if (further.length === 0) return first;
  const parts = further.map((one) => partOf(one, decodeOne(one, isValidated, report)));
  return { ...first, storages: [partOf(storage, first), ...parts] };
}

function decodeOne(storage: XmlElement, isValidated: boolean, report: Report): DecodedStorage {
  const blockSize = decodeBlockSize(storage, isValidated, report);
  const preallocated = decodePreallocated(storage, report);
  const images = decodeList(storage, 'Image', (element) => decodeImage(element, report));
  if (images.count === 0 && isValidated) report('IMAGES_MISSING', {}, storage);
  // One Plain image makes the disk raw, whatever the others are.
  const raw = images.items.some((image) => image.type === 'Plain');
  if (raw && preallocated) report('PREALLOCATED_PLAIN', {}, storage);
  const mode = raw ? 'raw' : preallocated ? 'preallocated' : 'expanded';
  return { blockSize, mode, images };
}

/** The tool reads neither Start nor End, so that nothing is said of them. */
function partOf(storage: XmlElement, { blockSize, mode, images }: DecodedStorage): StoragePart {
  const number = (name: string): Sectors =>
    sectors(Number(parseUnsigned(child(storage, name)?.text ?? '') ?? 0n));
  return { start: number('Start'), end: number('End'), blockSize, mode, images: images.items };
}

function decodeBlockSize(storage: XmlElement, isValidated: boolean, report: Report): Sectors {
  const element = child(storage, 'Blocksize');
  if (element === undefined) {
    if (isValidated) report('BLOCK_SIZE_MISSING', {}, storage);
    return sectors(0);
  }
  const text = element.text ?? '';
  const value = parseUnsigned(text);
  if (value === undefined) {
    report('BLOCK_SIZE_UNREADABLE', { text }, element);
    return sectors(0);
  }
  const size = low32(value);
  if (isValidated && !isClusterSize(size)) report('BLOCK_SIZE_INVALID', { sectors: size }, element);
  return sectors(size);
}

function decodePreallocated(storage: XmlElement, report: Report): boolean {
  const element = child(storage, 'Preallocated');
  if (element === undefined) return false;
  const text = element.text ?? '';
  const value = parseUnsigned(text);
  if (value !== 0n && value !== 1n) report('PREALLOCATED_INVALID', { text }, element);
  return value === 1n;
}
