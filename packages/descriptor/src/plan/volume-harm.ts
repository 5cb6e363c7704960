import type { DiskDescriptor } from '../model.ts';
import { VOLUME_HARM, type VolumeHarming } from '../releases/volume-harm.ts';
import { planRefusal, type Exits, type PlanRefusalCode, type Refusing } from './refusals.ts';

/** The subcommand of each operation that has a plan. */
const SUBCOMMANDS = {
  delete: 'snapshot-delete',
  merge: 'snapshot-merge',
  'merge all': 'snapshot-merge',
  replace: 'replace',
  snapshot: 'snapshot',
  switch: 'snapshot-switch',
} as const satisfies Readonly<Record<string, VolumeHarming>>;

/** The operations that have a plan. */
export type Operation = keyof typeof SUBCOMMANDS;

/** What a plan that sees only the own images of a volume takes the lowest of them for. */
const OF_A_BASE: readonly PlanRefusalCode[] = ['BASE_IMAGE', 'NO_PARENT'];

/** From 9.0.4 on the tool does not find the child in the descriptor of the parent. */
const MERGE_ALL: Exits = [
  ['1', undefined],
  ['9.0.4', 38],
];

/**
 * Why an operation must not be carried out on a volume, or `undefined`: releases exit with 0, and write to what the volume
 * shares with others or lose it. A snapshot of a volume that continues from another is safe.
 */
export function volumeHarm(
  { volume }: DiskDescriptor,
  operation: Operation,
  { refusal }: { readonly refusal?: Refusing },
): Refusing | undefined {
  if (volume === undefined) return undefined;
  const hasParent = volume.parent !== undefined;
  const isOfTool = refusal !== undefined && !(hasParent && OF_A_BASE.includes(refusal.code));
  if (isOfTool) return undefined;
  if (volume.readOnly) return planRefusal('VOLUME_SHARED');
  if (!hasParent || VOLUME_HARM[SUBCOMMANDS[operation]] === 'snapshots') return undefined;
  return operation === 'merge all'
    ? planRefusal('VOLUME_PARENT', MERGE_ALL)
    : planRefusal('VOLUME_PARENT');
}
