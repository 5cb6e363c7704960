import type { Diagnostic } from '@ploop/descriptor';
import { imagesChanged, type ImageStep } from '@ploop/descriptor/internal';

/**
 * Of findings about a disk, those about other descriptors whose state steps would destroy.
 *
 * @param fileOf - The absolute path of an image by its name in the descriptor.
 */
export function rivalFaults(
  findings: readonly Diagnostic[],
  steps: readonly ImageStep[],
  fileOf: (name: string) => string | undefined,
): readonly Diagnostic[] {
  const changed = new Set(steps.flatMap(imagesChanged).flatMap((name) => fileOf(name) ?? []));
  return findings.filter(
    ({ code, data }) => code === 'DESCRIPTOR_RIVAL' && data.needs.some((file) => changed.has(file)),
  );
}
