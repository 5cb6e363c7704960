import { chainRows } from './rows/chains.ts';
import { graphRows } from './rows/graphs.ts';
import { tableRows } from './rows/tables.ts';
import type { Row } from './row.ts';

/** Every page whose commands are run, in groups of a subject. */
export const rows: readonly Row[] = [...tableRows, ...chainRows, ...graphRows];
