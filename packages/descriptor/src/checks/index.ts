import type { Check } from './check.ts';
import { brokenAncestry } from './broken-ancestry.ts';
import { deadBranch } from './dead-branch.ts';
import { duplicateFile } from './duplicate-file.ts';
import { duplicateGuid } from './duplicate-guid.ts';
import { exchangedFiles } from './exchanged-files.ts';
import { fileNames } from './file-names.ts';
import { guidCase } from './guid-case.ts';
import { oldFormat } from './old-format.ts';
import { parameters } from './parameters.ts';
import { severalBases } from './several-bases.ts';
import { snapshotLimit } from './snapshot-limit.ts';
import { storages } from './storages.ts';
import { temporary } from './temporary.ts';
import { topWithChildren } from './top-with-children.ts';
import { types } from './types.ts';
import { unpaired } from './unpaired.ts';

/** Every check, in the order in which findings are reported. */
export const checks: readonly Check[] = [
  parameters,
  types,
  storages,
  duplicateGuid,
  duplicateFile,
  exchangedFiles,
  unpaired,
  brokenAncestry,
  severalBases,
  topWithChildren,
  oldFormat,
  guidCase,
  fileNames,
  temporary,
  snapshotLimit,
  deadBranch,
];
