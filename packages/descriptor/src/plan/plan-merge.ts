import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { parseGuidArgument, sameGuid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { planWith, refused, type Draft } from './draft.ts';
import { mergeAll, mergeChain } from './merge-all.ts';
import { mergeInto } from './merge-into.ts';
import { mergeStep, mergeWarnings } from './merge-step.ts';
import { rawMergeFault } from './raw-merge.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { planRefusal, type PlanRefusalCode, type Refusing } from './refusals.ts';
import { relativeTo } from './store.ts';

/** What `snapshot-merge` is given. */
export type PlanMergeInput = MergeSelection & {
  /** Takes the data of all, and is not a file yet. Absolute and free of symlinks, or relative to the descriptor. */
  readonly newFile?: string | undefined;
};

type MergeSelection =
  /** The top into its parent. */
  | { readonly guid?: undefined; readonly all?: undefined }
  /** A shot into its parent; or it and all that is between it and an ancestor into that. */
  | { readonly guid: string; readonly ancestor?: string | undefined; readonly all?: undefined }
  /** Everything from the top to the base into the base. */
  | { readonly all: true; readonly guid?: undefined };

/**
 * What `snapshot-merge` would do: the upper GUID remains, with the file of the lowest. Releases up to 1.15 store the
 * GUID as it is spelled in the input.
 */
export function planMerge(
  descriptor: DiskDescriptor,
  input: PlanMergeInput = {},
  options: PlanOptions = {},
): Plan {
  requirePlannable('merge', descriptor, input, options);
  const draftOf = (release: Behaviour): Draft => {
    const { newFile } = input;
    const unknown = unknownOption(input, release);
    if (unknown !== undefined) return refused(descriptor, unknown);
    if (!release.merges) return refused(descriptor, planRefusal('MERGE_IGNORED'));
    const file = newFile === undefined ? undefined : relativeTo(options.directory, newFile);
    if (descriptor.images.some((image) => relativeTo(options.directory, image.file) === file))
      return refused(descriptor, planRefusal('FILE_TAKEN', 38));
    const draft = mergeSelected(descriptor, input, release);
    if (draft.refusal !== undefined) return draft;
    if (file === undefined)
      return input.all === true && !isWhole(draft)
        ? refused(descriptor, planRefusal('MERGE_ALL_PARTIAL'))
        : draft;
    const upper = input.guid ?? descriptor.topGuid ?? '';
    const first = (): Draft => mergeOne(descriptor, upper, release);
    const isSingle = input.all !== true && ancestorOf(input) === undefined;
    const way = isSingle ? release.mergesOneInto : release.mergesAllInto;
    return mergeInto(descriptor, draft, { file, way, first, release });
  };
  return planWith(descriptor, options, {
    operation: input.all === true ? 'merge all' : 'merge',
    draftOf,
  });
}

/** The refusal of an option that the release does not know, whatever the disk. */
function unknownOption(input: PlanMergeInput, release: Behaviour): Refusing | undefined {
  if (ancestorOf(input) !== undefined && !release.mergesRanges)
    return planRefusal('RANGE_UNSUPPORTED');
  return input.newFile !== undefined && release.mergesOneInto === 'unknown'
    ? planRefusal('NEW_FILE_UNSUPPORTED', 38)
    : undefined;
}

/** Whether the top is all that is left of its chain. */
function isWhole({ descriptor }: Draft): boolean {
  const { top, node } = buildGraph(descriptor);
  return top !== undefined && node(top.parentGuid) === undefined;
}

function mergeSelected(
  descriptor: DiskDescriptor,
  input: PlanMergeInput,
  release: Behaviour,
): Draft {
  if (input.all === true) return mergeAll(descriptor, release, input.newFile !== undefined);
  const text = input.guid ?? descriptor.topGuid ?? '';
  const ancestor = ancestorOf(input);
  return ancestor === undefined
    ? mergeOne(descriptor, text, release)
    : mergeRange(descriptor, text, ancestor, release);
}

function ancestorOf(input: MergeSelection): string | undefined {
  return 'ancestor' in input ? input.ancestor : undefined;
}

function mergeOne(descriptor: DiskDescriptor, text: string, release: Behaviour): Draft {
  const refuse = (code: PlanRefusalCode): Draft => refused(descriptor, planRefusal(code));
  const guid = parseGuidArgument(text);
  if (guid === undefined) return refuse('GUID_INVALID');
  const graph = buildGraph(descriptor);
  const upper = graph.node(guid);
  if (upper === undefined) return refuse('SNAPSHOT_UNKNOWN');
  const lower = graph.node(upper.parentGuid);
  if (lower === undefined) return refuse('NO_PARENT');
  if (graph.children(lower.guid).length > 1) return refuse('PARENT_IS_SHARED');
  const blocked = rawMergeFault(descriptor, lower, release);
  if (blocked !== undefined) return blocked;
  return {
    ...mergeStep(descriptor, upper, lower, release, guid),
    outcome: 'merged',
    warnings: mergeWarnings([lower], release),
  };
}

function mergeRange(
  descriptor: DiskDescriptor,
  text: string,
  ancestorText: string,
  release: Behaviour,
): Draft {
  const refuse = (code: PlanRefusalCode): Draft => refused(descriptor, planRefusal(code));
  const guid = parseGuidArgument(text);
  const ancestor = parseGuidArgument(ancestorText);
  if (guid === undefined || ancestor === undefined) return refuse('GUID_INVALID');
  const graph = buildGraph(descriptor);
  if (graph.node(guid) === undefined || graph.node(ancestor) === undefined)
    return refuse('SNAPSHOT_UNKNOWN');
  const chain = graph.chain(guid);
  const from = chain.findIndex((node) => sameGuid(node.guid, ancestor));
  const part = from < 0 ? [] : chain.slice(from);
  // The tool looks for the end of the range letter by letter.
  const isMissed = part[0]?.guid !== ancestor || part[1]?.parentGuid !== ancestor;
  const draft = mergeChain(descriptor, graph, part, { guid, release });
  return draft.refusal === undefined && from > 0 && isMissed
    ? refuse('ANCESTOR_MISSPELLED')
    : draft;
}
