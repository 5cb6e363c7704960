import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { sizeIn } from './header.ts';
import { leastFirstBlock, type ImageLayout } from './layout.ts';
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
  layout === undefined || value === clustersOf(layout)
    ? []
    : [inexact(file, 'clusters', value, clustersOf(layout))];

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
  const least = leastFirstBlock(clustersOf(layout), blockSize);
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
