import { VHDX_WRITER } from '@ploop/image/internal';

import type { NamedFormat } from './export-format.ts';

/** The format of Hyper-V, dynamic. */
export const VHDX: NamedFormat<'vhdx'> = {
  name: 'vhdx',
  endings: ['.vhdx'],
  writer: VHDX_WRITER,
};
