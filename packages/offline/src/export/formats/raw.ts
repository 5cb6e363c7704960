import type { NamedFormat } from './export-format.ts';

/** The bytes of the disk. */
export const RAW: NamedFormat<'raw'> = { name: 'raw', endings: ['.raw'] };
