import type { DiskMode, Image, StoragePart } from '../model.ts';
import { isClusterSize, SECTOR_SIZE, sectors, type Sectors } from '../units.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { low32, parseUnsigned } from '../xml/number.ts';
import { decodeImage } from './image.ts';
import { decodeList, type DecodedList } from './list.ts';
import type { Report } from './report.ts';

const MOST_SECTORS = Math.floor(Number.MAX_SAFE_INTEGER / SECTOR_SIZE);

/** What `StorageData` holds. */
export interface DecodedStorage {
  readonly blockSize: Sectors;
  readonly mode: DiskMode;
  readonly images: DecodedList<Image>;
  /** Of a split disk every `Storage`, and where each is. */
  readonly split?: readonly SplitStorage[];
}

/** One `Storage` of a split disk. */
interface SplitStorage {
  readonly part: StoragePart;
  readonly images: DecodedList<Image>;
  readonly place: XmlElement;
}

/** `StorageData`: exactly one `Storage`; after the first, any element that follows makes a split disk. */
export function decodeStorage(
  root: XmlElement,
  isValidated: boolean,
  size: Sectors,
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
  if (further.length === 0) {
    reportRange(storage, size, report);
    return first;
  }
  const parts = further.map((one) => splitStorage(one, decodeOne(one, isValidated, report)));
  return { ...first, split: [splitStorage(storage, first), ...parts] };
}

/** The only `Storage` is taken for the whole disk, whatever its range. */
function reportRange(storage: XmlElement, size: Sectors, report: Report): void {
  const [start, end] = [sectorAt(storage, 'Start') ?? 0, sectorAt(storage, 'End')];
  if (start > 0) report('STORAGE_GAP', { from: 0, to: start }, child(storage, 'Start') ?? storage);
  if (end !== undefined && size > 0 && end !== size)
    report('STORAGE_SIZE_DIFFERS', { end, size }, child(storage, 'End') ?? storage);
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

/** The tool reads neither Start nor End; a check reports what is wrong with them. */
function splitStorage(
  place: XmlElement,
  { blockSize, mode, images }: DecodedStorage,
): SplitStorage {
  const [start, end] = [sectorAt(place, 'Start'), sectorAt(place, 'End')];
  const part = {
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...{ blockSize, mode, images: images.items },
  };
  return { part, images, place };
}

/** Digits alone: other software may read `010` or `0x8` in another way than the tool. */
const DIGITS = /^(?:0|[1-9]\d{0,15})$/;

/** Absent if it is missing, not a number, or too large for a byte of a disk to be counted exactly. */
function sectorAt(storage: XmlElement, name: 'Start' | 'End'): Sectors | undefined {
  const text = child(storage, name)?.text ?? '';
  const value = Number(text);
  return DIGITS.test(text) && value <= MOST_SECTORS ? sectors(value) : undefined;
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
