import { randomUUID } from 'node:crypto';

import { guidKey, NIL_GUID, parseGuid, TOP_GUID, type Guid } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';
import { RefusedError } from '@ploop/runner';

import { topDeltaOf } from '../reads/top-delta.ts';
import { guidOf, stateOf } from '../state.ts';
import type { Target } from './target.ts';

/** What a new snapshot can be given. */
export interface SnapshotOptions {
  /** Default: a random one. Stored in lower case, which no release confuses. */
  readonly guid?: string;
  readonly signal?: AbortSignal;
}

/** A new snapshot. */
export interface NewSnapshot {
  /** Of the state that was frozen. */
  readonly guid: Guid;
  /** Absolute path of the new, empty delta that is written to from now on. */
  readonly topDelta: string;
}

/** Freezes the state of a disk; a new top delta takes what is written from now on. */
export async function snapshot(
  { descriptorPath, runner }: Target,
  { guid, signal }: SnapshotOptions = {},
): Promise<NewSnapshot> {
  const created = newGuid(guid);
  await runner.snapshot({ descriptor: descriptorPath, guid: created }, signal && { signal });
  return { guid: created, topDelta: topDeltaOf(await runAsync(stateOf(descriptorPath))) };
}

function newGuid(text: string | undefined): Guid {
  const guid = parseGuid(guidKey(text === undefined ? `{${randomUUID()}}` : guidOf(text)));
  if (guid === undefined || guid === NIL_GUID || guid === TOP_GUID)
    throw new RefusedError('GUID_INVALID', `${text ?? ''} has a meaning of its own`);
  return guid;
}
