import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import {
  append,
  createCollector,
  hintedTogether,
  runAsync,
  type ImageSource,
  type Steps,
} from '@ploop/descriptor/internal';

import type { CheckedImage, CheckFormatOptions } from '../../image-format.ts';
import type { ClusterUsage } from '../../usage.ts';
import type { Qcow2Image } from '../read-qcow2.ts';
import { unsupportedFeatures } from '../unsupported.ts';
import { compareCounts } from './compare-counts.ts';
import { findTables } from './tables.ts';
import { readRefcountTable } from './refcounts.ts';

/**
 * Checks a qcow2 image: its header and, if the check is deep, all of its tables against its reference counts.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`; the reason of `signal`.
 */
export async function checkQcow2(
  source: ImageSource,
  image: Qcow2Image,
  { deep, signal }: CheckFormatOptions,
): Promise<CheckedImage> {
  const { description, fault } = image;
  const findings = headerFindings(source.file, image);
  const isReadable = fault === undefined && image.details?.unknownFeatures.length === 0;
  if (!isReadable || !deep) return { description, diagnostics: hintedTogether(findings) };
  const { usage, diagnostics } = await runAsync(tableFindings(source, image, signal));
  return { description, usage, diagnostics: hintedTogether([...findings, ...diagnostics]) };
}

function headerFindings(file: string, image: Qcow2Image): readonly Diagnostic[] {
  const { description, fault, extensions } = image;
  const reason = extensions?.fault;
  return [
    ...(fault === undefined ? [] : [fault]),
    ...unsupportedFeatures(file, image),
    ...(reason === undefined
      ? []
      : [diagnostic('TABLE_DAMAGED', { file, table: 'header extensions', reason })]),
    ...(description.dirty ? [diagnostic('IMAGE_IN_USE', { file })] : []),
    ...(description.corrupt ? [diagnostic('IMAGE_CORRUPT', { file })] : []),
  ];
}

function* tableFindings(
  source: ImageSource,
  image: Qcow2Image,
  signal: AbortSignal | undefined,
): Steps<{ readonly usage: ClusterUsage; readonly diagnostics: readonly Diagnostic[] }> {
  const collector = createCollector();
  const tables = yield* findTables(source, image, signal);
  const refcounts = yield* readRefcountTable(source, image.header);
  for (const fault of [...tables.faults, ...refcounts.faults])
    collector.add(fault.code, () => fault);
  const { usage, wrong } = yield* compareCounts(
    source,
    image,
    tables,
    refcounts,
    collector,
    signal,
  );
  const findings: Diagnostic[] = [];
  append(findings, collector.all());
  append(findings, wrong);
  return { usage, diagnostics: findings };
}
