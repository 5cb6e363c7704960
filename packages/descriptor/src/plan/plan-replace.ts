import { requirePlannable } from './arguments.ts';
import { parseGuidArgument, sameGuid } from '../guid.ts';
import type { DiskDescriptor, Image } from '../model.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { tidyPath } from '../resolve-file.ts';
import { isBareDisk } from './bare-disk.ts';
import { planWith, refused, type Draft } from './draft.ts';
import { withFile } from './edit.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { planRefusal, type Refusing } from './refusals.ts';
import { relativeTo } from './store.ts';
import { planWarning } from './warnings.ts';

/** What `replace` is given. Files: absolute and free of symlinks, or relative to the descriptor. */
export interface PlanReplaceInput {
  /** The image to replace. A file is spelled as in the descriptor. */
  readonly target: { readonly guid: string } | { readonly file: string };
  /** Holds the same data as the image now; otherwise the tool refuses it, or data is lost. */
  readonly newFile: string;
  /** Gives the new file the name of the old one, which is gone then. */
  readonly keepName?: boolean | undefined;
}

/** What `replace` would do: an image is in another file. */
export function planReplace(
  descriptor: DiskDescriptor,
  input: PlanReplaceInput,
  options: PlanOptions = {},
): Plan {
  requirePlannable('replace', descriptor, input, options);
  const { directory } = options;
  const draftOf = (release: Behaviour): Draft => {
    const image = imageOf(descriptor, input.target, directory);
    const problem = problemOf(image, input.target, release);
    if (image === undefined || problem !== undefined)
      return refused(descriptor, problem ?? planRefusal('IMAGE_UNKNOWN'));
    return draftReplace(descriptor, image, input, directory);
  };
  return planWith(descriptor, options, { operation: 'replace', draftOf });
}

function draftReplace(
  descriptor: DiskDescriptor,
  image: Image,
  { newFile, keepName = false }: PlanReplaceInput,
  directory: string | undefined,
): Draft {
  const place = (file: string): string => relativeTo(directory, tidyPath(file));
  const owner = descriptor.images.find(({ file }) => place(file) === place(newFile));
  if (owner !== undefined && owner !== image) return refused(descriptor, planRefusal('FILE_TAKEN'));
  const { guid, file } = image;
  const to = relativeTo(directory, newFile);
  const isSame = owner === image;
  if (isBareDisk(descriptor, image)) return refused(descriptor, planRefusal('RAW_BASE', 11));
  return {
    descriptor: keepName ? descriptor : withFile(descriptor, guid, to),
    actions: keepName && !isSame ? [{ action: 'rename', file: to, to: file }] : [],
    outcome: isSame ? 'nothing' : 'replaced',
    warnings: planWarning('OLD_FILE_STAYS', keepName || isSame ? [] : [guid]),
  };
}

function imageOf(
  { images }: DiskDescriptor,
  target: PlanReplaceInput['target'],
  directory: string | undefined,
): Image | undefined {
  if ('file' in target) {
    const wanted = relativeTo(directory, target.file);
    return images.find(({ file }) => relativeTo(directory, file) === wanted);
  }
  const wanted = parseGuidArgument(target.guid);
  return images.find(({ guid }) => wanted !== undefined && sameGuid(guid, wanted));
}

function problemOf(
  image: Image | undefined,
  target: PlanReplaceInput['target'],
  release: Behaviour,
): Refusing | undefined {
  if (!release.replacesOffline) return planRefusal('OFFLINE_UNSUPPORTED');
  if ('guid' in target && parseGuidArgument(target.guid) === undefined)
    return planRefusal('GUID_INVALID');
  if (image !== undefined) return undefined;
  return planRefusal('guid' in target ? 'SNAPSHOT_UNKNOWN' : 'IMAGE_UNKNOWN');
}
