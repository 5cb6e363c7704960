import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that are compared at a time: the smallest cluster of any image. */
const PIECE = 32 * 1024;
const SECTOR = 512;
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
const NIL = '{00000000-0000-0000-0000-000000000000}';

/** What a state of a disk reads as: a text for each piece. `lost` where no image can tell. */
export interface Content {
  readonly size: number;
  readonly pieces: readonly string[];
}

/** One image file, by a reading of its bytes that shares nothing with the code under test. */
interface ModelImage {
  readonly size: number;
  /** Where a byte of the disk is in the file; `undefined` where the image does not have it. */
  readonly place: (position: number) => number | undefined;
  readonly bytes: Buffer;
  readonly raw: boolean;
}

function modelImage(path: string, raw: boolean): ModelImage | undefined {
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  const bytes = readFileSync(path);
  if (raw)
    return { raw, size: bytes.length, bytes, place: (at) => (at < bytes.length ? at : undefined) };
  if (bytes.length < 64) return undefined;
  const signature = bytes.toString('latin1', 0, 16);
  const version = { WithoutFreeSpace: 1, WithouFreSpacExt: 2 }[signature];
  const sectors = bytes.readUInt32LE(28);
  if (version === undefined || sectors === 0 || bytes.readUInt32LE(16) !== 2) return undefined;
  const cluster = sectors * SECTOR;
  const stated = version === 1 ? bytes.readUInt32LE(36) : Number(bytes.readBigUInt64LE(36));
  const clusters = Math.ceil(stated / sectors);
  if (64 + 4 * clusters > bytes.length) return undefined;
  return {
    size: stated * SECTOR,
    bytes,
    raw,
    place: (position) => {
      const index = Math.floor(position / cluster);
      if (index >= clusters) return undefined;
      const entry = bytes.readUInt32LE(64 + 4 * index);
      if (entry === 0) return undefined;
      return entry * (version === 1 ? SECTOR : cluster) + (position % cluster);
    },
  };
}

/** What each state of a disk reads as, by its GUID; `undefined` where an image of its chain is none. */
export function contents(
  directory: string,
  name = 'DiskDescriptor.xml',
): ReadonlyMap<string, Content | undefined> {
  const xml = readFileSync(join(directory, name), 'utf8');
  const files = new Map<string, string>();
  let isRaw = false;
  for (const [, image = ''] of xml.matchAll(/<Image>([\s\S]*?)<\/Image>/g)) {
    files.set(text(image, 'GUID'), text(image, 'File'));
    if (text(image, 'Type') === 'Plain') isRaw = true;
  }
  const parents = new Map<string, string>();
  for (const [, shot = ''] of xml.matchAll(/<Shot>([\s\S]*?)<\/Shot>/g))
    parents.set(text(shot, 'GUID'), text(shot, 'ParentGUID'));
  const images = new Map<string, ModelImage | undefined>();
  for (const [guid, file] of files) {
    const path = file.startsWith('/') ? file : join(directory, file);
    images.set(guid, modelImage(path, isRaw && parents.get(guid) === NIL));
  }
  const result = new Map<string, Content | undefined>();
  for (const guid of parents.keys()) {
    const chain: (ModelImage | undefined)[] = [];
    for (let at: string | undefined = guid; at !== undefined && at !== NIL; at = parents.get(at))
      chain.push(images.get(at));
    const whole = chain.filter((image) => image !== undefined);
    result.set(guid, whole.length === chain.length ? contentOf(whole) : undefined);
  }
  return result;
}

function contentOf(chain: readonly ModelImage[]): Content | undefined {
  const [top] = chain;
  if (top === undefined) return undefined;
  const pieces: string[] = [];
  // Beyond the first few MiB no test writes anything.
  const end = Math.min(top.size, 4 * 1024 * 1024);
  for (let position = 0; position < end; position += PIECE) pieces.push(piece(chain, position));
  return { size: top.size, pieces };
}

function piece(chain: readonly ModelImage[], position: number): string {
  for (const { place, bytes, raw } of chain) {
    const at = place(position);
    if (at === undefined) continue;
    if (at + PIECE > bytes.length && !raw) return 'lost';
    return fill(bytes.subarray(at, at + PIECE));
  }
  return '0';
}

function fill(bytes: Buffer): string {
  const first = bytes[0] ?? 0;
  return bytes.every((byte) => byte === first) ? String(first) : bytes.toString('base64', 0, 66);
}

function text(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
}

/** What an operation did to the states that it was to keep, and to the part of the disk that it added. */
export function changed(
  before: ReadonlyMap<string, Content | undefined>,
  after: ReadonlyMap<string, Content | undefined>,
  successor: (guid: string) => string | undefined,
  grows: boolean,
): readonly string[] {
  const changes: string[] = [];
  for (const [guid, content] of before) {
    const now = successor(guid);
    if (now === undefined || content === undefined) continue;
    const name = guid === TOP ? 'top' : guid.slice(-5, -1);
    const found = after.get(now);
    if (found === undefined) {
      changes.push(`${name} unreadable`);
      continue;
    }
    const at = found.pieces.findIndex((is, index) => is !== (content.pieces[index] ?? '0'));
    const was = content.pieces[at] ?? '0';
    if (at !== -1)
      changes.push(
        `${name} ${was === 'lost' ? 'made up' : `${String(at)}:${was}>${found.pieces[at] ?? ''}`}`,
      );
    if (found.size !== content.size && !(grows && guid === TOP))
      changes.push(`${name} size ${String(content.size / SECTOR)}>${String(found.size / SECTOR)}`);
  }
  return changes;
}
