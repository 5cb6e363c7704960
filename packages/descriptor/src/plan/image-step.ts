import type { Bytes } from '../units.ts';

/** One thing that an operation does to an image. Files are named as the descriptor writes them. */
export type ImageStep =
  /** Copies the clusters of `file` into the image below it. */
  | { readonly step: 'merge'; readonly file: string; readonly into: string }
  /** Makes the image larger, which moves clusters if its table needs their place. `below`: the images below it. */
  | {
      readonly step: 'grow';
      readonly file: string;
      readonly below: readonly string[];
      readonly size: Bytes;
    }
  /** Makes a new delta over the image, in whole clusters. */
  | { readonly step: 'cover'; readonly file: string }
  /** Gives the image every cluster that it does not have. */
  | { readonly step: 'preallocate'; readonly file: string }
  /** Writes the content of the image into a bare disk that takes its place. */
  | { readonly step: 'make-raw'; readonly file: string }
  /** Writes the table of the image in another format version. */
  | { readonly step: 'convert'; readonly file: string }
  /** Lets a device or the tool write to the image. */
  | { readonly step: 'write'; readonly file: string }
  /** Puts another file in the place of the image. `by`: its absolute path. `keepName`: it gets the name of the image. */
  | {
      readonly step: 'replace';
      readonly file: string;
      readonly by: string;
      readonly keepName?: boolean;
    }
  /** Removes the file. */
  | { readonly step: 'remove'; readonly file: string };

/** How much of an image has to be read before a step. */
export type ReadDepth = 'header' | 'table';

/** The images that the rules about a step look at, with how much of each is read. */
export function imagesRead(step: ImageStep): readonly (readonly [string, ReadDepth])[] {
  switch (step.step) {
    case 'merge':
      return [
        [step.file, 'table'],
        [step.into, 'table'],
      ];
    case 'grow':
      return [[step.file, 'table'], ...step.below.map((file) => [file, 'header'] as const)];
    case 'preallocate':
    case 'convert':
      return [[step.file, 'table']];
    case 'cover':
    case 'make-raw':
      return [[step.file, 'header']];
    case 'write':
    case 'replace':
    case 'remove':
      return [];
  }
}

/** The image whose file a step writes to in place, so that every other name of that file sees it. */
export function imageWritten(step: ImageStep): string | undefined {
  switch (step.step) {
    case 'merge':
      return step.into;
    case 'grow':
    case 'preallocate':
    case 'convert':
    case 'write':
      return step.file;
    case 'cover':
    case 'make-raw':
    case 'replace':
    case 'remove':
      return undefined;
  }
}

/** The images that are gone after a step, or whose names lead to other content: what else uses the names sees that. */
export function imagesChanged(step: ImageStep): readonly string[] {
  switch (step.step) {
    case 'merge':
      return [step.file, step.into];
    case 'grow':
    case 'preallocate':
    case 'make-raw':
    case 'convert':
    case 'write':
    case 'remove':
      return [step.file];
    case 'replace':
      return step.keepName === true ? [step.file] : [];
    case 'cover':
      return [];
  }
}
