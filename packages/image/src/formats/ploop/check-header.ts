import { diagnostic, type Diagnostic, isClusterSize } from '@ploop/descriptor';
import { sizeIn } from '@ploop/descriptor/internal';

import { batEnd, leastFirstBlock, type ImageLayout } from './layout.ts';
import type { PloopDescription } from './ploop-description.ts';

type Rule = (description: PloopDescription, file: string) => readonly Diagnostic[];

const mark: Rule = ({ mark: { state, text } }, file) => {
  if (state === 'closed') return [];
  return state === 'in-use'
    ? [diagnostic('IMAGE_IN_USE', { file })]
    : [diagnostic('IMAGE_MARK', { file, mark: text })];
};

const version: Rule = ({ flags }, file) =>
  flags.changingVersion ? [diagnostic('IMAGE_CONVERTING', { file })] : [];

const clusterSize: Rule = ({ blockSize, layout }, file) =>
  layout === undefined || isClusterSize(blockSize)
    ? []
    : [diagnostic('IMAGE_FOREIGN', { file, field: 'cluster size', sectors: blockSize })];

const statedClusters: Rule = ({ statedClusters: value, layout }, file) => {
  if (layout === undefined) return [];
  const clusters = clustersOf(layout);
  if (value === clusters) return [];
  return value > clusters && batEnd(value) <= layout.dataStart
    ? [diagnostic('BAT_LONGER', { file, entries: value, clusters })]
    : [inexact(file, 'clusters', value, clusters)];
};

const statedSize: Rule = ({ version, statedSize: value, layout }, file) => {
  const expected = sizeIn(version, value);
  return layout === undefined || value === expected
    ? []
    : [inexact(file, 'size', value, Number(expected))];
};

const wholeClusters: Rule = ({ size, blockSize, layout }, file) =>
  layout === undefined || size === undefined || size % blockSize === 0
    ? []
    : [diagnostic('SIZE_NOT_WHOLE', { file, sectors: size, whole: size - (size % blockSize) })];

const firstBlock: Rule = ({ firstBlock: value, blockSize, layout }, file) => {
  if (layout === undefined) return [];
  if (layout.grid !== 0)
    return [diagnostic('IMAGE_FOREIGN', { file, field: 'first block offset', sectors: value })];
  const least = leastFirstBlock(clustersOf(layout), blockSize);
  return value === least ? [] : [inexact(file, 'first block offset', value, least)];
};

const flags: Rule = ({ flags: { value, unknown } }, file) =>
  unknown === 0 ? [] : [inexact(file, 'flags', value, value - unknown)];

const fileEnd: Rule = ({ fileBytes, layout }, file) => {
  if (layout === undefined) return [];
  const { clusterBytes, dataStart, grid } = layout;
  // Without a grid it is unknown where the clusters of a file begin.
  const isEven = grid === undefined || fileBytes % clusterBytes === grid;
  const isWhole = fileBytes >= dataStart && isEven;
  return isWhole
    ? []
    : [diagnostic('FILE_END_ODD', { file, bytes: fileBytes, cluster: clusterBytes })];
};

const rules: readonly Rule[] = [
  mark,
  version,
  clusterSize,
  statedClusters,
  statedSize,
  wholeClusters,
  firstBlock,
  flags,
  fileEnd,
];

function clustersOf({ size, clusterBytes }: ImageLayout): number {
  return Math.ceil(size / clusterBytes);
}

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
