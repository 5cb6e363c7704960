import type { Check } from './check.ts';
import { brokenAncestry } from './broken-ancestry.ts';
import { duplicateFile } from './duplicate-file.ts';
import { duplicateGuid } from './duplicate-guid.ts';
import { topWithChildren } from './top-with-children.ts';
import { unpaired } from './unpaired.ts';

/** Every check, in the order in which findings are reported. */
export const checks: readonly Check[] = [
  duplicateGuid,
  duplicateFile,
  unpaired,
  brokenAncestry,
  topWithChildren,
];
