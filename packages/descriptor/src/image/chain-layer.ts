import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { toBytes, type Bytes } from '../units.ts';
import { describeImage, type ImageDescription } from './describe.ts';
import type { ImageLayout } from './layout.ts';
import type { ImageSource } from './read-at.ts';

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
 * @param mayBeRaw - Whether a file without any header is a bare disk; else its header is taken for damaged.
 * @throws DescriptorError with code `FILE_UNREADABLE`, `HEADER_TOO_SHORT`, `HEADER_INVALID` or `IMAGE_UNSUPPORTED`.
 */
export async function openLayer(source: ImageSource, mayBeRaw: boolean): Promise<ChainLayer> {
  const { description, diagnostics } = await describeImage(source);
  const { file } = source;
  if (description.format === 'qcow2')
    throw new DescriptorError([diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2' })]);
  if (description.format === 'raw') {
    if (mayBeRaw) return { source, description, size: toBytes(description.size) };
    throw new DescriptorError([
      diagnostic('HEADER_INVALID', { file, field: 'signature', value: 'that of no known format' }),
    ]);
  }
  const { layout, size } = description;
  const [first, ...rest] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first !== undefined) throw new DescriptorError([first, ...rest]);
  if (layout === undefined || size === undefined)
    throw new TypeError('an image can either be read or a finding says why not');
  return { source, description, size: toBytes(size), layout };
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
