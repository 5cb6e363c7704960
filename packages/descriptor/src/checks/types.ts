import { isBase } from '../graph/node.ts';
import { guidKey } from '../guid.ts';
import { isOwn } from '../serialize.ts';
import { storagesOf } from '../storages.ts';
import type { Check } from './check.ts';

/** The types of the images of each part: a `Plain` base under `Compressed` images is all that is right if they differ. */
export const types: Check = (descriptor, _survey, report) => {
  const bases = new Set(descriptor.shots.filter(isBase).map(({ guid }) => guidKey(guid)));
  for (const [index, { images }] of storagesOf(descriptor).entries()) {
    // Whether a parent volume is raw, its own descriptor says.
    const own = images.filter(isOwn);
    const plain = own.filter(({ type }) => type === 'Plain').length;
    const compressed = own.length - plain;
    if (plain === 0 || compressed === 0) continue;
    const at = { storage: index + 1 };
    const isPlainBase = own.every(
      ({ guid, type }) => bases.has(guidKey(guid)) === (type === 'Plain'),
    );
    if (isPlainBase) report('BASE_PLAIN', { compressed }, at);
    else {
      const base = own.find(({ guid }) => bases.has(guidKey(guid)));
      report('TYPES_MIXED', { plain, compressed, base: base?.type }, at);
    }
  }
};
