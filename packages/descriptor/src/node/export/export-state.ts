import type { Snapshot } from '../open-snapshot.ts';

/** What the unfinished file of an export was made of: to go on, all of it must be the same. */
export interface ExportOrigin {
  readonly guid: string;
  readonly size: number;
  readonly sparse: boolean;
  /** Base first. */
  readonly images: readonly string[];
}

/** What an export of a snapshot comes from: which files, in which state. */
export function originOf({ guid, size, images, parts }: Snapshot, sparse: boolean): ExportOrigin {
  const states = images.map(({ path, identity: { dev, ino, mtimeNs, ctimeNs, size } }) =>
    [dev, ino, mtimeNs, ctimeNs, size, path].map(String).join(' '),
  );
  const ranges = parts.map(({ start, layers }) => `${String(layers.length)} from ${String(start)}`);
  return { guid, size, sparse, images: parts.length > 1 ? [...states, ...ranges] : states };
}
