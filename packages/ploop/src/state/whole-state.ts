import { DescriptorError, diagnostic, type Guid } from '@ploop/descriptor';
import type { Steps } from '@ploop/descriptor/internal';
import type { LoadedVolumes } from '@ploop/offline';
import { volumesAt } from '@ploop/offline/internal';

import { currentState, type Source } from './source.ts';
import type { DiskState } from './state.ts';

/** The state of a disk with what it has from parent volumes. */
export interface WholeState extends DiskState {
  /** The directory of the parent volume that a shot is of. Shots of the disk itself are not in it. */
  readonly volumes: ReadonlyMap<Guid, string>;
}

const NONE: ReadonlyMap<Guid, string> = new Map();

/**
 * The state of a disk, which for a volume goes on through its parents as the tool reads it.
 *
 * @throws DescriptorError if a parent volume is missing, is damaged, or is outside of `confine`.
 */
export function* wholeState(source: Source): Steps<WholeState> {
  const state = yield* currentState(source);
  if (state.descriptor.volume?.parent === undefined) return { ...state, volumes: NONE };
  const { descriptorPath, confine } = source;
  const loaded = yield* volumesAt(descriptorPath, { confine });
  if (loaded.descriptor !== undefined && loaded.graph?.top !== undefined && isComplete(loaded)) {
    const { directory, identity, descriptor, graph } = loaded;
    const { top } = loaded.graph;
    return { directory, identity, descriptor, graph, top, volumes: ownersOf(loaded) };
  }
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  const [first = diagnostic('TOP_GUID_MISSING', {}), ...rest] = errors;
  throw new DescriptorError([first, ...rest]);
}

function isComplete({ accepted, diagnostics }: LoadedVolumes): boolean {
  return accepted && diagnostics.every(({ code }) => code !== 'VOLUME_OUTSIDE');
}

function ownersOf({ parents }: LoadedVolumes): ReadonlyMap<Guid, string> {
  return new Map(
    parents.flatMap(({ directory, descriptor }) =>
      (descriptor?.shots ?? []).map(({ guid }) => [guid, directory] as const),
    ),
  );
}
