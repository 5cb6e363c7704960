import { basename, join } from 'node:path';

import { diagnostic, type Diagnostic, DescriptorError } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';
import { append, runAsync, type Steps, findingsIn } from '@ploop/descriptor/internal';
import {
  type ConfineOptions,
  DESCRIPTOR_NAME,
  type DescriptorFile,
  type LoadedDescriptor,
} from '@ploop/descriptor/node';
import {
  confinementOf,
  reasonOf,
  directoryGiven,
  isLoneImage,
  unchanged,
} from '@ploop/descriptor/node/internal';

import { OFFLINE } from '../arguments.ts';
import { unlistedSnapshots } from '../beside/unlisted.ts';
import { ofVolume } from '../disk/load-disk.ts';
import type { LoadedVolumes } from '../disk/load-volumes.ts';
import { directoryFindings, surveyDirectory } from './check-directory.ts';
import { surveyImages } from './check-images.ts';
import { explainMissing } from './missing.ts';
import { leftoversIn } from './undescribed.ts';

/** How to compare a descriptor with its directory. */
export interface CheckFilesOptions extends ConfineOptions {
  /** Ends the comparison, which throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where a descriptor and the files around it disagree: deltas that are missing, unreadable, shared or outside of the
 * directory, deltas that nobody names, and what interrupted operations have left. First the images in the order of the
 * descriptor, then the directory in the order of its names; subdirectories are looked into, by name, only for missing images. Of what {@link loadVolumes}
 * has loaded, the parent volumes follow; those findings have their descriptor in `disk`.
 *
 * The tool may be at work meanwhile. `DESCRIPTOR_CHANGED` says that it has been, so that the other findings
 * may be wrong; `FILE_UNREADABLE`, that the directory could not be read. No delta is said to be
 * nobody's where the tool would refuse the descriptor: what it names may not have been read. A file whose name is not
 * UTF-8 is not an image and is passed over.
 *
 * @throws The reason of `signal`; DescriptorError with code `FILE_UNREADABLE` if `confine` is not a directory.
 */
export async function checkFiles(
  loaded: LoadedDescriptor | LoadedVolumes,
  options: CheckFilesOptions = {},
): Promise<readonly Diagnostic[]> {
  requireCall(OFFLINE.checkFiles, [loaded, options]);
  const { signal, confine } = options;
  const confinement = await runAsync(confinementOf(loaded.directory, { confine }));
  const images = await surveyImages(loaded, confinement, signal);
  const parents = 'parents' in loaded ? loaded.parents : [];
  const isAlone = isLoneImage(loaded) || 'alone' in loaded;
  const survey = isAlone
    ? { loaded, named: new Map(), looks: [], files: new Set<string>() }
    : await surveyDirectory(loaded, images, confinement, signal);
  const { diagnostics, diskAround } = await explainMissing(loaded, images, survey, confinement);
  const findings = [
    ...diagnostics,
    ...(await runAsync(directoryFindings(survey, images, diskAround, confinement))),
    ...(isAlone
      ? await besideLoneImage(loaded)
      : await runAsync(unlistedSnapshots(loaded, confinement))),
    ...(await runAsync(changeOf(loaded))),
  ];
  for (const volume of parents) {
    const around = await surveyDirectory(volume, images, confinement, signal);
    const found = await runAsync(directoryFindings(around, images, diskAround, confinement));
    append(findings, ofVolume(volume, found));
    append(findings, ofVolume(volume, await runAsync(changeOf(volume))));
  }
  return findings;
}

/** What is left of operations that were to make a descriptor; with one beside, that is of another disk. */
async function besideLoneImage({
  path,
  directory,
}: DescriptorFile): Promise<readonly Diagnostic[]> {
  const beside = join(directory, DESCRIPTOR_NAME);
  if ((await runAsync(directoryGiven(beside))) === beside) return [];
  return leftoversIn(directory, new Set([basename(path)]));
}

function* changeOf(loaded: DescriptorFile): Steps<readonly Diagnostic[]> {
  try {
    yield* unchanged(loaded);
    return [];
  } catch (error) {
    if (error instanceof DescriptorError) return findingsIn(error);
    return [diagnostic('FILE_UNREADABLE', { file: loaded.path, reason: reasonOf(error) })];
  }
}
