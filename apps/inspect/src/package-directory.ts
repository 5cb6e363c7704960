/** The directory of this package. Sources at the root of `src` and the files of the bundle are one level below it. */
export const PACKAGE = new URL('../', import.meta.url);
