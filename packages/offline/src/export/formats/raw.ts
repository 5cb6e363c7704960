import type { ExportFormat } from './export-format.ts';

/** The bytes of the disk. */
export const RAW = { name: 'raw', endings: ['.raw'] } as const satisfies ExportFormat;
