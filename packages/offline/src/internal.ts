export { findLinksOutside } from './check/find-outside.ts';
export { headerFileAt, namedHeaderFileAt } from './disk/load-header.ts';
export { volumesAt } from './disk/load-volumes.ts';
export { describeNamedImage, descriptionAt } from './disk/open-image.ts';
export { snapshotContent } from './disk/identify-snapshot.ts';
export { foreignFileAt } from './guard/foreign-file.ts';
