import { VHDX_WRITER } from '@ploop/image/internal';

import type { ExportFormat } from './export-format.ts';

/** The format of Hyper-V, dynamic. */
export const VHDX = {
  name: 'vhdx',
  endings: ['.vhdx'],
  writer: VHDX_WRITER,
} as const satisfies ExportFormat;
