import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { hintedTogether, type ImageSource } from '@ploop/descriptor/internal';

import type { CheckedImage, CheckFormatOptions } from '../../image-format.ts';
import { checkHeader } from '../check-header.ts';
import { batEnd, type ImageLayout } from '../layout.ts';
import type { DescribedPloop } from '../ploop-description.ts';
import { checkBat } from './check-bat.ts';

/** A table that is read in no time, whatever is stored of it. */
const UNREMARKABLE_TABLE = 1 << 20;

/**
 * Checks a ploop image: its header and, if the check is deep, all entries of its block table.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function checkPloop(
  source: ImageSource,
  { description, diagnostics }: DescribedPloop,
  { deep, stored, signal }: CheckFormatOptions,
): Promise<CheckedImage> {
  const { file } = source;
  const { layout } = description;
  const findings = [
    ...diagnostics,
    ...checkHeader(description, file),
    ...(layout === undefined ? [] : tableFindings(file, layout, stored)),
  ];
  if (layout === undefined || !deep) return { description, diagnostics: hintedTogether(findings) };
  const bat = await checkBat(source, description, layout, signal);
  return {
    description,
    usage: bat.usage,
    diagnostics: hintedTogether([...findings, ...bat.diagnostics]),
  };
}

/** Whether less of a file is stored than its table takes: known before the table is read, which may take a while. */
function tableFindings(
  file: string,
  { clusters }: ImageLayout,
  stored: number | undefined,
): readonly Diagnostic[] {
  const table = batEnd(clusters);
  if (stored === undefined || stored >= table || table <= UNREMARKABLE_TABLE) return [];
  return [diagnostic('TABLE_SPARSE', { file, table, stored })];
}
