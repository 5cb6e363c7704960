import { sameGuid, type Diagnostic, type Image } from '@ploop/descriptor';
import type { Confinement } from '@ploop/descriptor/node';

import type { CheckedImage } from './checked-image.ts';
import { interruptedMerge } from './interrupted-merge.ts';

const EMPTIED: ReadonlySet<string> = new Set(['BAT_LOST', 'BAT_PARTLY_LOST']);

/** A reverse merge takes out of one table what the other image has: all of it, if that has everything. */
export function withoutEmptied(
  checked: CheckedImage,
  described: readonly Diagnostic[],
): CheckedImage {
  if (!described.some(({ code }) => code === 'REVERSE_MERGE_INTERRUPTED')) return checked;
  const diagnostics = checked.check.diagnostics.filter(({ code }) => !EMPTIED.has(code));
  return { ...checked, check: { ...checked.check, diagnostics } };
}

/** Tells tables that a merge into an empty image has not written yet from those that are lost. */
export async function explainEmptied(
  checks: Map<Image, CheckedImage>,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [image, checked] of checks) {
    const lower = placedLayout(checked);
    const { check, placed } = checked;
    const lost = check.diagnostics.find(({ code }) => code === 'BAT_LOST');
    if (lost === undefined || lower === undefined) continue;
    const above = [...checks.values()].filter(
      (other) =>
        other.placed.storage === placed.storage &&
        sameGuid(other.placed.node?.parentGuid ?? '', placed.guid),
    );
    const children = above.flatMap((other) => placedLayout(other) ?? []);
    const merge = await interruptedMerge(lower, children, confinement, signal);
    if (merge === undefined) continue;
    const diagnostics = check.diagnostics.map((finding) => (finding === lost ? merge : finding));
    checks.set(image, { ...checked, check: { ...check, diagnostics } });
  }
}

function placedLayout({ placed, check: { description } }: CheckedImage) {
  const layout = description.format === 'ploop' ? description.layout : undefined;
  return layout === undefined ? undefined : { placed, layout };
}
