import { counted, type Entries, noted, quoted } from '../entry.ts';

/** What findings about the parts of a split disk are about. A `storage` is the number of its element, from 1. */
export interface StorageData {
  STORAGE_RANGE_INVALID: { readonly storage: number; readonly field: 'Start' | 'End' };
  STORAGE_DISORDER: { readonly storage: number };
  STORAGE_GAP: { readonly from: number; readonly to: number };
  STORAGE_OVERLAP: {
    readonly storage: number;
    readonly other: number;
    readonly from: number;
    readonly to: number;
  };
  STORAGE_SIZE_DIFFERS: { readonly end: number; readonly size: number };
  STORAGE_IMAGE_MISSING: { readonly storage: number; readonly guid: string };
  STORAGE_IMAGE_SIZE: {
    readonly file: string;
    readonly sectors: number;
    readonly expected: number;
  };
}

const RANGES =
  'Find out which range each Storage holds before anything is exported: the size of each image is the length of its range. Correct Start and End in a copy of the disk.';

/** The codes of findings about the parts of a split disk. */
export const storageCodes: Entries<StorageData> = {
  STORAGE_RANGE_INVALID: noted(
    'error',
    ({ storage, field }) =>
      field === 'Start'
        ? `Start of Storage ${String(storage)} is missing or not a number of sectors`
        : `End of Storage ${String(storage)} is missing, not a number of sectors, or not greater than Start`,
    RANGES,
  ),
  STORAGE_DISORDER: noted(
    'error',
    ({ storage }) => `Storage ${String(storage)} starts before the Storage in front of it`,
    RANGES,
  ),
  STORAGE_GAP: noted(
    'error',
    ({ from, to }) => `no Storage holds sectors ${String(from)} to ${String(to - 1)}`,
    RANGES,
  ),
  STORAGE_OVERLAP: noted(
    'error',
    ({ storage, other, from, to }) =>
      `Storage ${String(other)} and Storage ${String(storage)} both hold sectors ${String(from)} to ${String(to - 1)}`,
    RANGES,
  ),
  STORAGE_SIZE_DIFFERS: noted(
    'error',
    ({ end, size }) =>
      `the last Storage ends at sector ${String(end)}, and Disk_size is ${counted(size, 'sector')}`,
    RANGES,
  ),
  STORAGE_IMAGE_MISSING: noted(
    'error',
    ({ storage, guid }) => `Storage ${String(storage)} has no image of shot ${guid}`,
    'Every Storage has one image for each shot. Look for the missing one in the directory of the disk and in the backups.',
  ),
  STORAGE_IMAGE_SIZE: noted(
    'error',
    ({ file, sectors, expected }) =>
      `${quoted(file)} has ${counted(sectors, 'sector')}, and its Storage ${String(expected)}`,
    'Compare the file with its backup: it was cut off or extended, or belongs to another disk.',
  ),
};
