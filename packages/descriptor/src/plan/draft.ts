import { checkDescriptor } from '../check-descriptor.ts';
import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { sameGuid, type Guid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import { behaviourOf, type Behaviour } from '../releases/behaviour.ts';
import { memberOf } from '../releases/release.ts';
import type { Plan, PlannedAction, PlanOptions, PlanOutcome } from './plan.ts';
import { planRefusal, statedRefusal, type Refusing } from './refusals.ts';
import { isOldFormat, isTopGuidTaken, relativeTo, stored, storeRefusal } from './store.ts';
import { volumeHarm, type Operation } from './volume-harm.ts';
import { planWarning, type PlanWarning } from './warnings.ts';

/** A plan in the making; its descriptor is not as stored yet. */
export interface Draft {
  readonly descriptor: DiskDescriptor;
  readonly actions: readonly PlannedAction[];
  readonly outcome: PlanOutcome;
  readonly refusal?: Refusing;
  readonly warnings?: readonly PlanWarning[];
}

/** A draft that changes nothing. */
export function refused(descriptor: DiskDescriptor, refusal: Refusing): Draft {
  return { descriptor, actions: [], outcome: 'refused', refusal };
}

/** What is wrong with a disk whatever the operation, or `undefined`. */
function faultOf(
  descriptor: DiskDescriptor,
  release: Behaviour,
  tolerated: readonly DiagnosticCode[],
  resumed: string | undefined,
): Refusing | undefined {
  const { topGuid, images, shots, volume, storages } = descriptor;
  if (volume !== undefined && !release.keepsVolume) return planRefusal('VOLUME');
  const top = shots.find(({ guid }) => topGuid !== undefined && sameGuid(guid, topGuid));
  const isSplit = storages !== undefined;
  if (isSplit || top === undefined || top.temporary || images.length !== shots.length)
    return planRefusal('DESCRIPTOR_INVALID');
  const isDamage = ({ severity, code }: { severity: string; code: DiagnosticCode }): boolean =>
    severity === 'error' && !tolerated.includes(code);
  if (checkDescriptor(descriptor).some(isDamage)) return planRefusal('DISK_DAMAGED');
  const isResumed = (guid: Guid): boolean => resumed !== undefined && sameGuid(guid, resumed);
  if (shots.some(({ guid, reverseMerge }) => reverseMerge !== undefined && !isResumed(guid)))
    return planRefusal('REVERSE_MERGE_INTERRUPTED');
  const { encryptionKeyId, desktopEncryption } = descriptor;
  const losesKeyId = !release.keepsKeyId && encryptionKeyId !== undefined;
  return losesKeyId || desktopEncryption !== undefined ? planRefusal('ENCRYPTION_LOST') : undefined;
}

/** What is planned. */
interface Planned {
  readonly operation: Operation;
  readonly draftOf: (release: Behaviour) => Draft;
  /** Findings about the disk that the operation does not make worse. */
  readonly tolerated?: readonly DiagnosticCode[];
  /** The shot whose interrupted merge a release would go on with. */
  readonly resumes?: (release: Behaviour) => string | undefined;
}

/** The plan of an operation on a disk that is in order. */
export function planWith(
  descriptor: DiskDescriptor,
  { release: name = '1.15', directory }: PlanOptions,
  { operation, draftOf, tolerated = [], resumes }: Planned,
): Plan {
  const release = behaviourOf(memberOf(name));
  const fault = faultOf(descriptor, release, tolerated, resumes?.(release));
  const wanted = fault === undefined ? draftOf(release) : refused(descriptor, fault);
  const harm = volumeHarm(descriptor, operation, wanted);
  const asked = harm === undefined ? wanted : refused(descriptor, harm);
  // Later releases were not tried with a merge that removes the shot in the way, and write the descriptor before it.
  const kept = release.changesOldFormat ? descriptor : asked.descriptor;
  const unwritable = isTopGuidTaken(descriptor, kept)
    ? planRefusal('TOP_GUID_TAKEN')
    : storeRefusal(asked.descriptor, release, directory);
  const draft =
    unwritable === undefined || asked.descriptor === descriptor
      ? asked
      : refused(descriptor, unwritable);
  const { actions, outcome, refusal, warnings = [] } = draft;
  const isWritten = draft.descriptor !== descriptor;
  const { topGuid } = descriptor;
  const isConverted = isWritten && topGuid !== undefined && isOldFormat(descriptor);
  return {
    descriptor: isWritten ? stored(draft.descriptor, release, directory) : descriptor,
    actions: actions.map((step) => withRelativeNames(step, directory)),
    outcome,
    refusals: refusal === undefined ? [] : [statedRefusal(refusal, name)],
    warnings: [...planWarning('CONVERTED', isConverted ? [topGuid] : []), ...warnings],
  };
}

function withRelativeNames(step: PlannedAction, directory: string | undefined): PlannedAction {
  const file = relativeTo(directory, step.file);
  switch (step.action) {
    case 'create':
    case 'remove':
      return { action: step.action, file };
    case 'merge':
      return { action: 'merge', file, into: relativeTo(directory, step.into) };
    case 'rename':
      return { action: 'rename', file, to: relativeTo(directory, step.to) };
  }
}

/** The refusal of releases that make no delta for a disk of part of a cluster, or `undefined`. */
export function sizeRefusal(
  { size, blockSize }: DiskDescriptor,
  release: Behaviour,
): Refusing | undefined {
  return release.needsWholeClusters && size % blockSize !== 0
    ? planRefusal('SIZE_UNALIGNED')
    : undefined;
}

/** The refusal of releases that change no descriptor in the old format, or `undefined`. */
export function oldFormatRefusal(
  descriptor: DiskDescriptor,
  release: Behaviour,
): Refusing | undefined {
  return isOldFormat(descriptor) && !release.changesOldFormat
    ? planRefusal('OLD_FORMAT')
    : undefined;
}
