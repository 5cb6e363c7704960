import { NIL_GUID, type SnapshotGraph } from '@ploop/descriptor';
import type { PlannedOperation } from '@ploop/descriptor/plan';

/** The image that a replacement is for. */
type Replaced = { readonly guid: string } | { readonly level: number } | { readonly image: string };

interface NewShot {
  readonly guid?: string | undefined;
  /** Default: no. Only what releases refuse by themselves depends on it. */
  readonly isMounted?: boolean | undefined;
}

interface Deletion {
  readonly guid: string;
  /** Whether the disk may be on a device. Default: it may. */
  readonly isMounted?: boolean | undefined;
}

interface Merge {
  readonly guid?: string | undefined;
  readonly ancestor?: string | undefined;
  readonly all?: boolean | undefined;
  readonly into?: string | undefined;
}

type Replacement = Replaced & {
  readonly replacement: string;
  readonly keepName?: boolean | undefined;
};

/** What each subcommand is given, as far as its plan depends on it. */
export interface PlannedInputs {
  readonly convert: object;
  readonly encrypt: object;
  readonly grow: object;
  readonly replace: Replacement;
  readonly resize: object;
  readonly snapshot: NewShot;
  readonly 'snapshot-delete': Deletion;
  readonly 'snapshot-merge': Merge;
  readonly 'snapshot-switch': { readonly guid: string };
  readonly tsnapshot: NewShot;
}

/** A subcommand that has a plan. */
export type PlannedSubcommand = keyof PlannedInputs;

type OperationOf<Input> = (input: Input, graph: SnapshotGraph) => PlannedOperation;

const rewrite = (): PlannedOperation => ({ operation: 'rewrite', input: {} });
const snapshot = ({ guid, isMounted }: NewShot): PlannedOperation => ({
  operation: 'snapshot',
  input: { guid, isMounted },
});

/** Which operation each subcommand is. */
const OPERATIONS: { readonly [Name in PlannedSubcommand]: OperationOf<PlannedInputs[Name]> } = {
  convert: rewrite,
  encrypt: rewrite,
  grow: rewrite,
  replace: (input, graph) => {
    const target = 'image' in input ? { file: input.image } : { guid: replacedGuid(input, graph) };
    const { replacement: newFile, keepName } = input;
    return { operation: 'replace', input: { target, newFile, keepName } };
  },
  resize: rewrite,
  snapshot,
  'snapshot-delete': ({ guid, isMounted = true }) => ({
    operation: 'delete',
    input: { guid, isMounted },
  }),
  'snapshot-merge': ({ guid, ancestor, all, into: newFile }) => {
    const target = guid === undefined ? {} : { guid, ancestor };
    return { operation: 'merge', input: { ...(all === true ? { all } : target), newFile } };
  },
  'snapshot-switch': ({ guid }) => ({ operation: 'switch', input: { guid } }),
  tsnapshot: snapshot,
};

/** The operation that a subcommand carries out on a disk, as plans take it. */
export function operationOf<Name extends PlannedSubcommand>(
  subcommand: Name,
  input: PlannedInputs[Name],
  graph: SnapshotGraph,
): PlannedOperation {
  return OPERATIONS[subcommand](input, graph);
}

/** The tool takes a level that there is not for an unknown image. */
function replacedGuid(input: Exclude<Replaced, { image: string }>, graph: SnapshotGraph): string {
  if ('guid' in input) return input.guid;
  const { top } = graph;
  const chain = top === undefined ? [] : [...graph.ancestors(top.guid), top];
  return chain[input.level]?.guid ?? NIL_GUID;
}
