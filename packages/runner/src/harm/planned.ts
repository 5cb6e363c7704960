import { NIL_GUID, type Guid, type SnapshotGraph } from '@ploop/descriptor';
import {
  planDelete,
  planMerge,
  planReplace,
  planRewrite,
  planSnapshot,
  planSwitch,
} from '@ploop/descriptor/plan';

import type { GuardContext } from '../command.ts';
import { refusePlanned } from './refuse-planned.ts';

/** A shot of a disk, as commands are given it. */
interface Shot {
  readonly descriptor: string;
  readonly guid: Guid;
}

interface NewShot {
  readonly descriptor: string;
  readonly guid?: Guid | undefined;
}

/** What a merge is given. */
interface Merge {
  readonly descriptor: string;
  readonly guid?: Guid | undefined;
  readonly ancestor?: Guid | undefined;
  readonly all?: boolean | undefined;
  readonly into?: string | undefined;
}

/** The image that a replacement is for. */
type Replaced = { readonly guid: Guid } | { readonly level: number } | { readonly image: string };

/** What a replacement is given. */
type Replacement = Replaced & {
  readonly descriptor: string;
  readonly replacement: string;
  readonly keepName?: boolean | undefined;
};

/** {@link refusePlanned} for what takes a snapshot. */
export function refuseSnapshot(
  subcommand: 'snapshot' | 'tsnapshot',
  { descriptor, guid }: NewShot,
  context: GuardContext,
): Promise<boolean> {
  return refusePlanned(subcommand, descriptor, context, ({ descriptor: before }, options) =>
    planSnapshot(before, { guid }, options),
  );
}

/** {@link refusePlanned} for commands that have no plan of their own and write the descriptor anew. */
export function refuseMiswritten(
  subcommand: 'convert' | 'grow' | 'resize',
  descriptor: string,
  context: GuardContext,
): Promise<boolean> {
  return refusePlanned(subcommand, descriptor, context, ({ descriptor: before }, options) =>
    planRewrite(before, options),
  );
}

/** {@link refusePlanned} for `snapshot-switch`. */
export function refuseSwitch({ descriptor, guid }: Shot, context: GuardContext): Promise<boolean> {
  return refusePlanned('snapshot-switch', descriptor, context, ({ descriptor: before }, options) =>
    planSwitch(before, { guid }, options),
  );
}

/** {@link refusePlanned} for `snapshot-delete`. */
export function refuseDelete({ descriptor, guid }: Shot, context: GuardContext): Promise<boolean> {
  return refusePlanned('snapshot-delete', descriptor, context, ({ descriptor: before }, options) =>
    planDelete(before, { guid, isMounted: true }, options),
  );
}

/** {@link refusePlanned} for `snapshot-merge`. */
export function refuseMerge(
  { descriptor, guid, ancestor, all, into }: Merge,
  context: GuardContext,
): Promise<boolean> {
  const target = guid === undefined ? {} : { guid, ancestor };
  const wanted = { ...(all === true ? { all } : target), newFile: into };
  return refusePlanned('snapshot-merge', descriptor, context, ({ descriptor: before }, options) =>
    planMerge(before, wanted, options),
  );
}

/** {@link refusePlanned} for `replace`. */
export function refuseReplace(input: Replacement, context: GuardContext): Promise<boolean> {
  const { descriptor, replacement: newFile, keepName } = input;
  return refusePlanned('replace', descriptor, context, ({ descriptor: before, graph }, options) => {
    const target = 'image' in input ? { file: input.image } : { guid: guidIn(input, graph) };
    return planReplace(before, { target, newFile, keepName }, options);
  });
}

/** The tool takes a level that there is not for an unknown image. */
function guidIn(input: Exclude<Replaced, { image: string }>, graph: SnapshotGraph): string {
  if ('guid' in input) return input.guid;
  const { top } = graph;
  const chain = top === undefined ? [] : [...graph.ancestors(top.guid), top];
  return chain[input.level]?.guid ?? NIL_GUID;
}
