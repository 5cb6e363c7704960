import { fixedText, uuidOf } from '../../bytes/fields.ts';
import { paddedText, sizeOf, type Kind } from './kind.ts';

/** Sectors in which the label of a physical volume can be. */
const LABEL_SECTORS = [0, 512, 1024, 1536];
/** How the tools of LVM write an identifier. */
const GROUPS = [6, 10, 14, 18, 22, 26];

/** A physical volume of LVM2. */
export const lvm2: Kind = ({ bytes, has, view }) => {
  const label = LABEL_SECTORS.find((at) => has(at, 'LABELONE') && has(at + 24, 'LVM2 001'));
  if (label === undefined) return undefined;
  const offset = view(label, 32)?.getUint32(20, true) ?? 0;
  const id = paddedText(bytes(label + offset, 32));
  const size = view(label + offset + 32, 8)?.getBigUint64(0, true);
  return {
    type: 'lvm2',
    uuid: id && grouped(id),
    size: size === undefined ? undefined : sizeOf(size, 1),
  };
};

function grouped(id: string): string {
  return Array.from(id, (letter, at) => (GROUPS.includes(at) ? `-${letter}` : letter)).join('');
}

/** A member of a Linux RAID with metadata 1.1 or 1.2, which are at its beginning. */
export const md: Kind = ({ bytes, view }) => {
  const at = [0, 4096].find((place) => view(place, 4)?.getUint32(0, true) === 0xa92b4efc);
  if (at === undefined || view(at + 4, 4)?.getUint32(0, true) !== 1) return undefined;
  const [uuid, name] = [bytes(at + 16, 16), bytes(at + 32, 32)];
  return { type: 'md', label: name && fixedText(name), uuid: uuid && uuidOf(uuid) };
};

const BCACHE = 4096;
const BCACHE_MAGIC = '\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81';
/** The first releases of bcachefs have the magic as well, and write another number in the place of the version. */
const BCACHE_VERSIONS = 6n;

/** A device of bcache, which holds a cache or what is cached. */
export const bcache: Kind = ({ bytes, has, view }) => {
  const block = view(BCACHE, 104);
  if (block === undefined || !has(BCACHE + 24, BCACHE_MAGIC)) return undefined;
  if (block.getBigUint64(16, true) > BCACHE_VERSIONS) return undefined;
  const [uuid, label] = [bytes(BCACHE + 40, 16), bytes(BCACHE + 72, 32)];
  return { type: 'bcache', label: label && fixedText(label), uuid: uuid && uuidOf(uuid) };
};

const PRIVHEAD = 3072;

/** A dynamic disk of Windows with an MBR: its first private header is in the seventh sector. */
export const ldm: Kind = ({ bytes, has, view }) => {
  const isThere = has(PRIVHEAD, 'PRIVHEAD') && view(PRIVHEAD + 12, 2)?.getUint16(0) === 2;
  if (!isThere) return undefined;
  return {
    type: 'ldm',
    label: paddedText(bytes(PRIVHEAD + 240, 31)),
    uuid: paddedText(bytes(PRIVHEAD + 48, 64)),
  };
};
