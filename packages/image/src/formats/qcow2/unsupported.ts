import { diagnostic, type Diagnostic } from '@ploop/descriptor';

import type { Qcow2Details } from './qcow2-description.ts';
import type { Qcow2Header } from './qcow2-header.ts';

/** Why a sound image cannot be read: the features that it needs and that are not supported, by name. */
export function unsupportedFeatures(
  file: string,
  { details, header }: { readonly details?: Qcow2Details; readonly header: Qcow2Header },
): readonly Diagnostic[] {
  if (details === undefined) return [];
  const { encryption, compression, unknownFeatures } = details;
  const features = [
    ...(encryption === undefined
      ? []
      : [
          encryption === 'unknown'
            ? `encryption method ${String(header.cryptMethod)}`
            : `${encryption} encryption`,
        ]),
    ...(compression === 'unknown' ? [`compression method ${String(header.compressionType)}`] : []),
    ...unknownFeatures.map((name) => `the feature "${name}"`),
  ];
  return features.map((feature) => unsupported(file, feature));
}

/** The finding about an image that needs something that is not supported, or not there. */
export function unsupported(file: string, feature: string): Diagnostic {
  return diagnostic('IMAGE_UNSUPPORTED', { file, format: 'qcow2', feature });
}
