import { blockRows } from './rows/blocks.ts';
import { chainRows } from './rows/chains.ts';
import { contentRows } from './rows/contents.ts';
import { elementRows } from './rows/elements.ts';
import { fileRows } from './rows/files.ts';
import { graphRows } from './rows/graphs.ts';
import { imageRows } from './rows/images.ts';
import { pathRows } from './rows/paths.ts';
import { tableRows } from './rows/tables.ts';
import type { Row } from './row.ts';

/** Every page whose commands are run, in groups of a subject. */
export const rows: readonly Row[] = [
  ...tableRows,
  ...blockRows,
  ...chainRows,
  ...graphRows,
  ...elementRows,
  ...fileRows,
  ...imageRows,
  ...contentRows,
  ...pathRows,
];
