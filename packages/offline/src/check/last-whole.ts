import { type SnapshotGraph, isBase, type Guid } from '@ploop/descriptor';

/** A snapshot whose chain is whole. */
export interface WholeSnapshot {
  readonly guid: Guid;
  /** Whether the shot that was asked about hangs on it. */
  readonly isParent: boolean;
}

/**
 * The last snapshot below a shot up to which all shots are whole; `undefined` if its base is not, or the chain does not
 * end at one.
 */
export function lastWhole(
  graph: SnapshotGraph,
  guid: string,
  isWhole: (guid: Guid) => boolean,
): WholeSnapshot | undefined {
  const ancestors = graph.ancestors(guid);
  const [base] = ancestors;
  if (base === undefined || !isBase(base)) return undefined;
  const broken = ancestors.findIndex((shot) => !isWhole(shot.guid));
  const last = broken === -1 ? ancestors.at(-1) : ancestors[broken - 1];
  return last && { guid: last.guid, isParent: broken === -1 };
}
