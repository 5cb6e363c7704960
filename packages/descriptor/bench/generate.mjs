import { randomUUID } from 'node:crypto';

import { NIL_GUID, serializeDescriptor, TOP_GUID } from '../dist/index.js';

/** One shot in so many begins a branch beside the chain. */
const BRANCH_EVERY = 10;

/** A descriptor of that many shots, as the tool writes it: random GUIDs, a chain to the top, some branches off it. */
export function generate(count) {
  const guids = Array.from({ length: count }, (_, index) =>
    index === count - 1 ? TOP_GUID : `{${randomUUID()}}`,
  );
  let tip = NIL_GUID;
  const shots = guids.map((guid, index) => {
    const shot = { guid, parentGuid: tip, temporary: false };
    if (index === 0 || index % BRANCH_EVERY !== 0) tip = guid;
    return shot;
  });
  const images = guids.map((guid, index) => ({
    guid,
    type: 'Compressed',
    file: index === 0 ? 'root.hdd' : `root.hdd.{${randomUUID()}}`,
  }));
  return serializeDescriptor({
    root: 'Parallels_disk_image',
    size: 20_971_520,
    geometry: { cylinders: 20_805, heads: 16 },
    blockSize: 2048,
    mode: 'expanded',
    topGuid: TOP_GUID,
    images,
    shots,
  });
}
