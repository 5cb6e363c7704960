import { buildGraph } from '../graph/build.ts';
import type { DiskDescriptor } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { isBareDisk } from './bare-disk.ts';
import { refused, type Draft } from './draft.ts';
import { withTemporary } from './edit.ts';
import { planRefusal } from './refusals.ts';

interface Into {
  /** The new file, as a descriptor names it. */
  readonly file: string;
  readonly way: Behaviour['mergesOneInto'] | Behaviour['mergesAllInto'];
  /** The first level alone. */
  readonly first: () => Draft;
  readonly release: Behaviour;
}

/** What becomes of a merge whose result is to be in a new file. */
export function mergeInto(
  descriptor: DiskDescriptor,
  draft: Draft,
  { file, way, first, release }: Into,
): Draft {
  const levels = draft.actions.filter(({ action }) => action === 'merge').length;
  const unsupported = (exit: number): Draft =>
    refused(descriptor, planRefusal('NEW_FILE_UNSUPPORTED', exit));
  switch (way) {
    case 'done':
      return intoNewFile(descriptor, draft, file);
    case 'one level': {
      if (levels === 1) return intoNewFile(descriptor, draft, file);
      const merged = intoNewFile(descriptor, first(), file);
      const left = release.marksBeforeMerge ? withNextMarked(merged.descriptor) : merged.descriptor;
      return { ...unsupported(38), ...merged, outcome: 'refused', descriptor: left };
    }
    case 'crash':
      return { ...unsupported(139), actions: [{ action: 'create', file }] };
    case 'failure':
      return { ...unsupported(4), descriptor: withLowerMarked(descriptor, first()) };
    case 'unknown':
    case 'nothing':
      return unsupported(38);
  }
}

/** The mark that a merge leaves that fails: on the shot that it was to go into. */
function withLowerMarked(descriptor: DiskDescriptor, first: Draft): DiskDescriptor {
  const lower = descriptor.images.find(({ file }) => file === lowestOf(first));
  return lower === undefined ? descriptor : withTemporary(descriptor, lower.guid);
}

/** The mark of the next merge, for which the new file is there already. */
function withNextMarked(descriptor: DiskDescriptor): DiskDescriptor {
  const { top } = buildGraph(descriptor);
  return top === undefined ? descriptor : withTemporary(descriptor, top.parentGuid);
}

/** The file that everything is merged into. */
function lowestOf({ actions }: Draft): string | undefined {
  return actions.flatMap((step) => (step.action === 'merge' ? [step.into] : []))[0];
}

/** The result is in a file of its own; the lowest file goes as well. */
function intoNewFile(before: DiskDescriptor, draft: Draft, file: string): Draft {
  const into = lowestOf(draft);
  const base = before.images.find((image) => image.file === into);
  if (into === undefined) return draft;
  if (base !== undefined && isBareDisk(before, base))
    return refused(before, planRefusal('RAW_BASE', 4));
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
