import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { leastFirstBlock } from './layout.ts';
import type { PloopDescription } from './ploop-header.ts';

type Rule = (description: PloopDescription, file: string) => readonly Diagnostic[];

const mark: Rule = ({ mark: { state, text } }, file) => {
  if (state === 'closed') return [];
  return state === 'in-use'
    ? [diagnostic('IMAGE_IN_USE', { file })]
    : [diagnostic('IMAGE_MARK', { file, mark: text })];
};

const version: Rule = ({ flags }, file) =>
  flags.changingVersion ? [diagnostic('IMAGE_CONVERTING', { file })] : [];

const statedClusters: Rule = ({ statedClusters: value, layout }, file) =>
  layout === undefined || value === layout.clusters
    ? []
    : [inexact(file, 'clusters', value, layout.clusters)];

const statedSize: Rule = ({ statedSize: value, size, layout }, file) =>
  layout === undefined || size === undefined || value === BigInt(size)
    ? []
    : [inexact(file, 'size', value, size)];

const firstBlock: Rule = ({ firstBlock: value, blockSize, layout }, file) => {
  if (layout === undefined) return [];
  const least = leastFirstBlock(layout.clusters, blockSize);
  return value === least ? [] : [inexact(file, 'first block offset', value, least)];
};

const flags: Rule = ({ flags: { value, unknown } }, file) =>
  unknown === 0 ? [] : [inexact(file, 'flags', value, value - unknown)];

const fileEnd: Rule = ({ fileBytes, layout }, file) => {
  if (layout === undefined) return [];
  const { clusterBytes, dataStart } = layout;
  const isWhole = fileBytes >= dataStart && fileBytes % clusterBytes === 0;
  return isWhole
    ? []
    : [diagnostic('FILE_END_ODD', { file, bytes: fileBytes, cluster: clusterBytes })];
};

const rules: readonly Rule[] = [
  mark,
  version,
  statedClusters,
  statedSize,
  firstBlock,
  flags,
  fileEnd,
];

/** What is odd about the header of an image, and about the size of its file, although its data can be read. */
export function checkHeader(description: PloopDescription, file: string): readonly Diagnostic[] {
  return rules.flatMap((rule) => rule(description, file));
}

function inexact(
  file: string,
  field: 'clusters' | 'size' | 'first block offset' | 'flags',
  value: number | bigint,
  expected: number,
): Diagnostic {
  return diagnostic('HEADER_INEXACT', {
    file,
    field,
    value: String(value),
    expected: String(expected),
  });
}
