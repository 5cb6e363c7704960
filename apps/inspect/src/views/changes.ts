import { resolve } from 'node:path';

import { isBase, type SnapshotNode } from '@ploop/descriptor';
import {
  planDelete,
  planMerge,
  planReplace,
  planSnapshot,
  planSwitch,
  type PlanOptions,
} from '@ploop/descriptor/plan';
import type { ImageStep } from '@ploop/image';

import type { Readable } from '../input/load.ts';
import type { PlannedChange } from './plan-answer.ts';

/** How a change was asked for. */
export interface ChangeRequest {
  /** The GUID of the snapshot, as the descriptor spells it, where one was named. */
  readonly guid: string | undefined;
  /** Of a merge: everything, into the base. */
  readonly all: boolean;
  /** Of a deletion: whether it may be the top. */
  readonly discardTop: boolean;
  /** Of a replacement. */
  readonly file: string;
  readonly keepName: boolean;
}

type MakeChange = (disk: Readable, request: ChangeRequest, options: PlanOptions) => PlannedChange;

/** The changes that can be planned: a row each. */
export const CHANGES: Readonly<Record<PlannedChange['operation'], MakeChange>> = {
  snapshot: ({ descriptor, graph }, _request, options) => ({
    operation: 'snapshot',
    plan: planSnapshot(descriptor, {}, options),
    steps: coverOf(graph.top),
    target: graph.top,
    // Shots that hang on the top hang on the new snapshot afterwards, and are safe.
    tolerated: ['TOP_WITH_CHILDREN'],
  }),
  switch: ({ descriptor, graph }, { guid }, options) => {
    const target = graph.node(guid ?? '');
    return {
      operation: 'switch',
      plan: planSwitch(descriptor, { guid: guid ?? '' }, options),
      steps: coverOf(target),
      removed: fileOf(graph.top),
      target,
      own:
        target !== undefined && target === graph.top
          ? { code: 'SNAPSHOT_IS_TOP', hint: 'The disk is on it already.' }
          : undefined,
    };
  },
  delete: ({ descriptor, graph }, { guid, discardTop }, options) => {
    const target = graph.node(guid ?? '');
    return {
      operation: 'delete',
      plan: planDelete(descriptor, { guid: guid ?? '' }, options),
      steps: [],
      // Of the base, the tool removes nothing.
      removed:
        target === undefined || isBase(target) || graph.children(target.guid).length > 0
          ? []
          : fileOf(target),
      target,
      own:
        target === undefined || target !== graph.top
          ? undefined
          : ownOfTop(graph.children(target.parentGuid).length, discardTop),
    };
  },
  merge: ({ descriptor, graph }, { guid, all }, options) => {
    const target = guid === undefined ? graph.top : graph.node(guid);
    const isTop = target !== undefined && target === graph.top;
    const selected = guid === undefined || isTop ? {} : { guid };
    return {
      operation: 'merge',
      plan: planMerge(descriptor, all ? { all } : selected, options),
      steps: [],
      target: all ? undefined : target,
    };
  },
  replace: ({ descriptor, graph }, { guid, file, keepName }, options) => {
    const target = graph.node(guid ?? '');
    const by = resolve(file);
    const image = target?.image;
    return {
      operation: 'replace',
      plan: planReplace(
        descriptor,
        { target: { guid: guid ?? '' }, newFile: by, keepName },
        options,
      ),
      steps: image === undefined ? [] : [{ step: 'replace', file: image.file, by, keepName }],
      copy: by,
      target,
    };
  },
};

function fileOf(node: SnapshotNode | undefined): readonly string[] {
  return node?.image === undefined ? [] : [node.image.file];
}

/** A new delta over a snapshot. */
function coverOf(node: SnapshotNode | undefined): readonly ImageStep[] {
  return node?.image === undefined ? [] : [{ step: 'cover', file: node.image.file }];
}

function ownOfTop(siblings: number, discardTop: boolean): PlannedChange['own'] {
  if (!discardTop)
    return {
      code: 'SNAPSHOT_IS_TOP',
      hint: 'It is what the disk writes to: everything since the last snapshot would be lost. Switch to another snapshot, merge it, or add --discard-top.',
    };
  if (siblings > 1)
    return {
      code: 'PARENT_IS_SHARED',
      hint: 'Other snapshots hang on its parent, which would become the top and be written to. Switch to another snapshot instead.',
    };
  return undefined;
}
