import {
  formatDiagnostic,
  imageList,
  resolveFile,
  type Bytes,
  type Diagnostic,
  type DiagnosticCode,
  type SnapshotNode,
} from '@ploop/descriptor';
import { refuseTooManyOpen, runAsync } from '@ploop/descriptor/internal';
import { sameIdentity } from '@ploop/descriptor/node';
import { status } from '@ploop/descriptor/node/internal';
import { imageSteps, type BandPlan } from '@ploop/descriptor/plan';
import type { ImageStep } from '@ploop/image';
import { stepFindings } from '@ploop/offline';
import { RefusedError, type Refusal } from '@ploop/runner';

import { writersOf } from '../holders/holders.ts';
import type { Source } from '../state/source.ts';
import type { DiskState } from '../state/state.ts';

/** What mutations can be given that write to images. */
export interface GuardOptions {
  /**
   * Allows to write to images whose files have other names, as hard links of `cp -al` or the graph driver of Docker are:
   * everything that uses such a name changes as well. Default: false, such a mutation is refused as `IMAGE_LINKED`.
   */
  readonly allowLinked?: boolean | undefined;
  /**
   * Allows to change or remove images that another descriptor in the directory needs for its own state, which is lost
   * then. Default: false, such a mutation is refused as `DESCRIPTOR_RIVAL`.
   */
  readonly allowRival?: boolean | undefined;
}

/** What {@link refuseImages} knows of a mutation. */
export interface ImageGuard extends GuardOptions {
  /** The name of the mutation, for messages. */
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
}

/** Findings that are a reason of their own. */
const reasons: Partial<Record<DiagnosticCode, Refusal>> = {
  IMAGE_LINKED: 'IMAGE_LINKED',
  DESCRIPTOR_RIVAL: 'DESCRIPTOR_RIVAL',
};

/**
 * Refuses what would damage images of a disk, or files that something else uses as well: the tool looks neither at what is in
 * images nor at which file a name leads to.
 *
 * @throws RefusedError with the findings in `diagnostics`: `IMAGE_LINKED`, `DESCRIPTOR_RIVAL`, `DISK_DAMAGED`, or `DISK_CHANGED`
 * if the descriptor was replaced meanwhile, so that they may be about images that are gone rightly.
 */
export async function refuseImages(
  source: Source,
  state: DiskState,
  steps: readonly ImageStep[],
  { operation, allowLinked, allowRival, signal }: ImageGuard,
): Promise<void> {
  const live = (await isOnDevice(source, steps)) ? state.top.image?.file : undefined;
  const disk = { ...state, path: source.descriptorPath };
  const findings = await stepFindings(disk, steps, {
    ...{ live, allowLinked, allowRival, signal },
    confine: source.confine,
  });
  const [first] = findings;
  if (first === undefined) return;
  if (await isChanged(source, state))
    throw new RefusedError(
      'DISK_CHANGED',
      `${operation} is refused: another program changed the disk while its images were looked at`,
      'Call again, once no other program changes the disk.',
      findings,
    );
  throw refusedBy(operation, first, findings);
}

/** Whether the descriptor is not the one any more that the state was read from: its images may have gone with it. */
async function isChanged({ descriptorPath }: Source, { identity }: DiskState): Promise<boolean> {
  try {
    return !sameIdentity(identity, await runAsync(status(descriptorPath)));
  } catch (cause) {
    refuseTooManyOpen(descriptorPath, cause);
    return true;
  }
}

/**
 * {@link refuseImages} for a mutation that has plans: of every release, as it need not be known which one runs.
 *
 * @throws RefusedError
 */
export async function refusePlannedImages(
  source: Source,
  state: DiskState,
  plans: readonly BandPlan[],
  guard: ImageGuard,
  others: readonly ImageStep[] = [],
): Promise<void> {
  const steps = imageSteps(plans.map(({ plan }) => plan));
  await refuseImages(source, state, [...asWritten(state, steps), ...others], guard);
}

/** Plans name images relative to the disk, steps as the descriptor does. */
function asWritten(
  { descriptor: { images }, directory }: DiskState,
  steps: readonly ImageStep[],
): readonly ImageStep[] {
  const names = new Map(images.map(({ file }) => [resolveFile(directory, file), file]));
  const written = (file: string): string => names.get(resolveFile(directory, file)) ?? file;
  return steps.map((step) => {
    const file = written(step.file);
    return step.step === 'merge' ? { ...step, file, into: written(step.into) } : { ...step, file };
  });
}

/** A new delta over a snapshot. */
export function coveredBy({ image }: SnapshotNode): readonly ImageStep[] {
  return image === undefined ? [] : [{ step: 'cover', file: image.file }];
}

/** Writes to the image of a snapshot. */
export function writtenIn({ image }: SnapshotNode): readonly ImageStep[] {
  return image === undefined ? [] : [{ step: 'write', file: image.file }];
}

/** A disk that is to have a size. */
export function grownBy({ graph, top }: DiskState, size: Bytes): readonly ImageStep[] {
  const [file, ...below] = imageList(graph, top.guid)
    .images.map((image) => image.file)
    .toReversed();
  return file === undefined ? [] : [{ step: 'grow', file, below, size }];
}

/** Whether a device writes to the top while steps look at its table. */
async function isOnDevice(source: Source, steps: readonly ImageStep[]): Promise<boolean> {
  if (steps.length === 0) return false;
  return (await writersOf(source)).length > 0;
}

function refusedBy(
  operation: string,
  finding: Diagnostic,
  findings: readonly Diagnostic[],
): RefusedError {
  return new RefusedError(
    reasons[finding.code] ?? 'DISK_DAMAGED',
    `${operation} is refused: ${formatDiagnostic(finding)}`,
    finding.hint,
    findings,
  );
}
