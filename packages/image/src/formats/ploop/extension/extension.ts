import {
  diagnostic,
  type Diagnostic,
  CLUSTER_SECTORS,
  SECTOR_SIZE,
  toBytes,
} from '@ploop/descriptor';
import { fill, type ImageSource, type Steps } from '@ploop/descriptor/internal';

import { readDirtyBitmap } from './dirty-bitmap.ts';
import type {
  ExtensionState,
  FormatExtension,
  ExtensionElement,
  UnknownElement,
  ElementHead,
} from './extension-elements.ts';
import { createMd5 } from './md5.ts';
import type { PloopDescription } from '../ploop-description.ts';

/** An extension and what is wrong with it. */
export interface ExtensionResult {
  readonly extension: FormatExtension;
  readonly diagnostics: readonly Diagnostic[];
}

const MAGIC = 0xab23_4cef_23dc_ea87n;
const DIRTY_BITMAP = 0x2038_5fae_252c_b34an;
const NECESSARY = 1n;
const TRANSIT = 2n;
const HEAD_BYTES = 24;
const PIECE_BYTES = 1 << 20;
/** More elements than anybody writes; each has a bitmap at most. */
const MOST_ELEMENTS = 256;

/** The format extension of an image, where its header names one. */
export function* readExtension(
  source: ImageSource,
  description: PloopDescription,
): Steps<ExtensionResult | undefined> {
  const { extensionOffset, blockSize, fileBytes, mark } = description;
  if (extensionOffset === 0n || blockSize === 0 || blockSize > CLUSTER_SECTORS.max)
    return undefined;
  const clusterBytes = toBytes(blockSize);
  const offset = Number(extensionOffset) * SECTOR_SIZE;
  const damaged = (
    reason: string,
    elements: readonly ExtensionElement[] = [],
  ): ExtensionResult => ({
    extension: { offset, state: 'damaged', elements },
    diagnostics: [diagnostic('EXTENSION_INVALID', { file: source.file, offset, reason })],
  });

  if (!(offset + clusterBytes <= fileBytes)) return damaged('it is beyond the end of the file');
  const head = yield* readView(source, offset, HEAD_BYTES);
  if (head.getBigUint64(0, true) !== MAGIC) return damaged('it has another signature');
  const stated = new Uint8Array(head.buffer, 8, 16);
  const digest = yield* md5Of(source, offset + HEAD_BYTES, offset + clusterBytes);
  if (!digest.every((byte, index) => byte === stated[index]))
    return damaged('its checksum is another one');

  const { elements, fault } = yield* readElements(
    source,
    description,
    offset + HEAD_BYTES,
    offset + clusterBytes,
  );
  if (fault !== undefined) return damaged(fault, elements);
  const state = stateOf(mark.state);
  // Nobody looks at a stale one.
  const diagnostics =
    state === 'stale' ? [] : elements.flatMap((one) => elementFindings(source.file, offset, one));
  return { extension: { offset, state, elements }, diagnostics };
}

/**
 * The elements of a format extension in the cluster at a byte of the file, whatever the header says of it; `undefined` if
 * it does not exist.
 */
export function* extensionElements(
  source: ImageSource,
  description: PloopDescription,
  offset: number,
): Steps<readonly ExtensionElement[] | undefined> {
  const end = Math.min(offset + toBytes(description.blockSize), description.fileBytes);
  if (offset + HEAD_BYTES > end) return undefined;
  const head = yield* readView(source, offset, HEAD_BYTES);
  if (head.getBigUint64(0, true) !== MAGIC) return undefined;
  return (yield* readElements(source, description, offset + HEAD_BYTES, end)).elements;
}

/** Clusters of the file that a format extension takes. */
export function extensionClusters(elements: readonly ExtensionElement[]): number {
  const tables = elements.map((element) =>
    element.kind === 'dirty-bitmap'
      ? element.tables.count - element.tables.clean - element.tables.dirty
      : 0,
  );
  return tables.reduce((sum, count) => sum + count, 1);
}

function elementFindings(
  file: string,
  offset: number,
  element: ExtensionElement,
): readonly Diagnostic[] {
  if (element.kind === 'unknown')
    return element.necessary
      ? [
          diagnostic('EXTENSION_UNKNOWN', {
            file,
            offset,
            magic: `0x${element.magic.toString(16)}`,
          }),
        ]
      : [];
  const { id, fault } = element;
  if (fault === undefined) return [];
  const reason = `the dirty bitmap ${id}: ${fault}`;
  return [diagnostic('EXTENSION_INVALID', { file, offset, reason })];
}

function stateOf(state: PloopDescription['mark']['state']): ExtensionState {
  if (state === 'closed-extended') return 'valid';
  return state === 'in-use' ? 'in-use' : 'stale';
}

function* md5Of(source: ImageSource, start: number, end: number): Steps<Uint8Array> {
  const md5 = createMd5();
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, end - start));
  for (let at = start; at < end; at += buffer.length) {
    const piece = buffer.subarray(0, Math.min(buffer.length, end - at));
    yield* fill(source, piece, at);
    md5.update(piece);
  }
  return md5.digest();
}

function* readElements(
  source: ImageSource,
  description: PloopDescription,
  start: number,
  end: number,
): Steps<{ readonly elements: readonly ExtensionElement[]; readonly fault?: string }> {
  const elements: ExtensionElement[] = [];
  for (let at = start; at + HEAD_BYTES <= end;) {
    const head = yield* readHead(source, at);
    if (head.magic === 0n) return { elements };
    if (head.at + head.bytes > end)
      return { elements, fault: 'an element is longer than the cluster' };
    if (elements.length === MOST_ELEMENTS)
      return { elements, fault: `it has more than ${String(MOST_ELEMENTS)} elements` };
    const element =
      head.magic === DIRTY_BITMAP
        ? yield* readDirtyBitmap(source, description, head)
        : unknownElement(head);
    if (element === undefined) return { elements, fault: 'a dirty bitmap is too short' };
    elements.push(element);
    // QEMU pads elements to 8 bytes; the tool does not, but its elements are of whole 8 bytes.
    at = head.at + Math.ceil(head.bytes / 8) * 8;
  }
  return { elements };
}

function* readHead(source: ImageSource, at: number): Steps<ElementHead> {
  const view = yield* readView(source, at, HEAD_BYTES);
  const flags = view.getBigUint64(8, true);
  return {
    magic: view.getBigUint64(0, true),
    necessary: (flags & NECESSARY) !== 0n,
    transit: (flags & TRANSIT) !== 0n,
    bytes: view.getUint32(16, true),
    at: at + HEAD_BYTES,
  };
}

function unknownElement({ magic, necessary, transit, bytes }: ElementHead): UnknownElement {
  return { kind: 'unknown', magic, necessary, transit, bytes };
}

function* readView(source: ImageSource, at: number, length: number): Steps<DataView> {
  const bytes = new Uint8Array(length);
  yield* fill(source, bytes, at);
  return new DataView(bytes.buffer);
}
