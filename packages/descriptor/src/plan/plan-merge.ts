import { requirePlannable } from './arguments.ts';
import { buildGraph } from '../graph/build.ts';
import { parseGuidArgument, sameGuid } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';
import type { PlanRelease } from '../release.ts';
import { isBareDisk } from './bare-disk.ts';
import { planWith, refused, type Draft } from './draft.ts';
import { mergeAll, mergeChain } from './merge-all.ts';
import { mergeStep, mergeWarnings } from './merge-step.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { planRefusal, type PlanRefusalCode } from './refusals.ts';
import { relativeTo } from './store.ts';

/** What `snapshot-merge` is given. */
export type PlanMergeInput = MergeSelection & {
  /** Takes the data of all, and is no file yet. Absolute and free of symlinks, or relative to the descriptor. */
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
  return planWith(descriptor, options, (release) => {
    const { newFile } = input;
    if (newFile === undefined) return mergeSelected(descriptor, input, release);
    const isSingle = input.all !== true && ancestorOf(input) === undefined;
    if (release !== (isSingle ? '7' : '1.15'))
      return refused(descriptor, planRefusal('NEW_FILE_UNSUPPORTED'));
    const file = relativeTo(options.directory, newFile);
    if (descriptor.images.some((image) => relativeTo(options.directory, image.file) === file))
      return refused(descriptor, planRefusal('FILE_TAKEN', { '1.15': 38, '7': 38 }));
    const draft = mergeSelected(descriptor, input, release);
    const lowest = lowestOf(draft);
    const into = descriptor.images.find((image) => image.file === lowest);
    return into !== undefined && isBareDisk(descriptor, into)
      ? refused(descriptor, planRefusal('RAW_BASE', { '1.15': 4 }))
      : intoNewFile(draft, file);
  });
}

function mergeSelected(
  descriptor: DiskDescriptor,
  input: MergeSelection,
  release: PlanRelease,
): Draft {
  if (input.all === true) return mergeAll[release](descriptor);
  const text = input.guid ?? descriptor.topGuid ?? '';
  const ancestor = ancestorOf(input);
  return ancestor === undefined
    ? mergeOne(descriptor, text, release)
    : mergeRange(descriptor, text, ancestor, release);
}

function ancestorOf(input: MergeSelection): string | undefined {
  return 'ancestor' in input ? input.ancestor : undefined;
}

/** The file that everything is merged into. */
function lowestOf({ actions }: Draft): string | undefined {
  return actions.flatMap((step) => (step.action === 'merge' ? [step.into] : []))[0];
}

/** A merge in one pass whose result is in a file of its own; the lowest file goes as well. */
function intoNewFile(draft: Draft, file: string): Draft {
  const into = lowestOf(draft);
  if (into === undefined) return draft;
  const { descriptor, actions } = draft;
  return {
    ...draft,
    descriptor: {
      ...descriptor,
      images: descriptor.images.map((image) => (image.file === into ? { ...image, file } : image)),
    },
    actions: [
      { action: 'create', file },
      { action: 'merge', file: into, into: file },
      ...actions.flatMap((step) => (step.action === 'merge' ? [{ ...step, into: file }] : [])),
      { action: 'remove', file: into },
      ...actions.filter(({ action }) => action === 'remove'),
    ],
  };
}

function mergeOne(descriptor: DiskDescriptor, text: string, release: PlanRelease): Draft {
  const refuse = (code: PlanRefusalCode): Draft => refused(descriptor, planRefusal(code));
  const guid = parseGuidArgument(text);
  if (guid === undefined) return refuse('GUID_INVALID');
  const graph = buildGraph(descriptor);
  const upper = graph.node(guid);
  if (upper === undefined) return refuse('SNAPSHOT_UNKNOWN');
  const lower = graph.node(upper.parentGuid);
  if (lower === undefined) return refuse('NO_PARENT');
  if (graph.children(lower.guid).length > 1) return refuse('PARENT_IS_SHARED');
  const spelled = release === '9' ? upper.guid : guid;
  return {
    ...mergeStep(descriptor, upper, lower, release, spelled),
    outcome: 'merged',
    warnings: mergeWarnings([lower], release),
  };
}

function mergeRange(
  descriptor: DiskDescriptor,
  text: string,
  ancestorText: string,
  release: PlanRelease,
): Draft {
  const refuse = (code: PlanRefusalCode): Draft => refused(descriptor, planRefusal(code));
  const guid = parseGuidArgument(text);
  const ancestor = parseGuidArgument(ancestorText);
  if (planRefusal('RANGE_UNSUPPORTED').exitCodes[release] !== undefined)
    return refuse('RANGE_UNSUPPORTED');
  if (guid === undefined || ancestor === undefined) return refuse('GUID_INVALID');
  const graph = buildGraph(descriptor);
  if (graph.node(guid) === undefined || graph.node(ancestor) === undefined)
    return refuse('SNAPSHOT_UNKNOWN');
  const chain = graph.chain(guid);
  const from = chain.findIndex((node) => sameGuid(node.guid, ancestor));
  const part = from < 0 ? [] : chain.slice(from);
  // The tool looks for the end of the range letter by letter.
  const isMissed = part[0]?.guid !== ancestor || part[1]?.parentGuid !== ancestor;
  const draft = mergeChain(descriptor, graph, part, guid);
  return draft.refusal === undefined && from > 0 && isMissed
    ? refuse('ANCESTOR_MISSPELLED')
    : draft;
}
