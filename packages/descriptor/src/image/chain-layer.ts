import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { toBytes, type Bytes } from '../units.ts';
import { describeImage, rawDescription, type ImageDescription } from './describe.ts';
import { SIGNATURE_BYTES, versionOf } from './header.ts';
import type { ImageLayout } from './layout.ts';
import { readFully, type ImageSource } from './read-at.ts';

/** One image of a chain, ready to be read. */
export interface ChainLayer {
  readonly source: ImageSource;
  readonly description: ImageDescription;
  /** Virtual size: whole clusters of a ploop image, whole sectors of a raw one. */
  readonly size: Bytes;
  /** Absent for a raw image, whose bytes are where they are. */
  readonly layout?: ImageLayout;
}

/**
 * Opens one image of a chain.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT`, `HEADER_INVALID` or `IMAGE_UNSUPPORTED`.
 */
export async function openLayer(source: ImageSource): Promise<ChainLayer> {
  const { description, diagnostics } = await describeImage(source);
  const { file } = source;
  if (description.format === 'qcow2')
    throw new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2' })]);
  if (description.format === 'raw')
    throw new DescriptorError([
      diagnostic('HEADER_INVALID', { file, field: 'signature', value: 'that of no known format' }),
    ]);
  const { layout, size } = description;
  const [first, ...rest] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  if (layout === undefined || size === undefined)
    throw new TypeError('an image can either be read or a finding says why not');
  return { source, description, size: toBytes(size), layout };
}

/** A base that is a bare disk. Its first bytes are the guest's, and must not make it another format. */
export function rawLayer(source: ImageSource): ChainLayer {
  const description = rawDescription(source.bytes);
  return { source, description, size: toBytes(description.size) };
}

/**
 * What to know of a raw base.
 *
 * @throws DescriptorError with code `FILE_UNREADABLE`.
 */
export async function rawFindings(source: ImageSource): Promise<readonly Diagnostic[]> {
  const start = new Uint8Array(Math.min(source.bytes, SIGNATURE_BYTES));
  await readFully(source, start, 0);
  return versionOf(start) === undefined ? [] : [diagnostic('BASE_NOT_RAW', { file: source.file })];
}

/** What to know of a chain that can be read. */
export function chainFindings(layers: readonly ChainLayer[]): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  const last = layers.at(-1);
  if (last?.description.format === 'ploop' && last.description.mark.state === 'in-use')
    findings.push(diagnostic('IMAGE_IN_USE', { file: last.source.file }));
  for (const [index, { size, source }] of layers.entries()) {
    const below = largest(layers.slice(0, index));
    const above = largest(layers.slice(index + 1));
    if (size < below && size < above)
      findings.push(
        diagnostic('CHAIN_REGROWN', { file: source.file, from: size, to: Math.min(below, above) }),
      );
  }
  return findings;
}

function largest(layers: readonly ChainLayer[]): number {
  return layers.reduce((most, { size }) => Math.max(most, size), 0);
}
