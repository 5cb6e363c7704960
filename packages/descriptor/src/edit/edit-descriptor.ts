import { requireDescriptor, requireWritable } from '../arguments/model.ts';
import { diagnostic } from '../diagnostics/diagnostic.ts';
import { changeOf, editImages, editShots } from './graph.ts';
import { editLeaf } from './leaves.ts';
import { editParameters } from './parameters.ts';
import { spliceBytes, spliceText, type ByteForm, type Splice } from './splice.ts';
import { DescriptorError } from '../errors.ts';
import type { DiskDescriptor } from '../model.ts';
import { acceptedOrThrow, contentOf, parseDescriptor, type ParseOptions } from '../parse.ts';
import { isOwn } from '../serialize.ts';
import { decodeBytes } from '../xml/decode-bytes.ts';
import { child } from '../xml/element.ts';
import { passGate } from '../xml/gate.ts';
import { readTree } from '../xml/tree.ts';

/** What an edited document is in: as its source, text or bytes. */
type Edited<Source extends string | Uint8Array> = Source extends string ? string : Uint8Array;

/**
 * The document of a descriptor, changed so that it says what `next` says, and nothing else changed: foreign elements,
 * attributes, comments, order, quoting, white space, line ends and encoding stay as they are, byte for byte. Without a
 * change the result is identical. New images and shots look like the first ones that are there.
 *
 * @param source - A document that the tool accepts. One that it refuses can be read at best, and is returned without a
 * change if `next` is what was read.
 * @param next - What it is to say: the parsed descriptor with some members replaced, or the result of a plan.
 * @throws DescriptorError with the findings of the document where the tool refuses it, with `OPTION_INVALID` for what no
 * document can say, such as a name with half a character, and with `EDIT_IMPOSSIBLE` where
 * `next` cannot be reached: another root name, another volume, or an encoding of more than one byte other than Unicode.
 */
export function editDescriptor<Source extends string | Uint8Array>(
  source: Source,
  next: DiskDescriptor,
  options: ParseOptions = {},
): Edited<Source> {
  requireDescriptor(next);
  const found = parseDescriptor(source, options);
  const own = { ...next, images: next.images.filter(isOwn), shots: next.shots.filter(isOwn) };
  if (found.descriptor !== undefined && isSame(found.descriptor, own)) return copyOf(source);
  const before = acceptedOrThrow(found);
  requireWritable(own);
  const attempt = (writesAssumed: boolean): Edited<Source> | undefined => {
    const edited = edit(source, (text) => splicesOf(text, before, own, writesAssumed));
    const after = parseDescriptor(edited, options);
    if (after.accepted && isSame(after.descriptor, own)) return edited;
    if (writesAssumed) acceptedOrThrow(after);
    return undefined;
  };
  // What the tool adds itself is written only if it would not add it to the new document.
  const edited = attempt(false) ?? attempt(true);
  if (edited === undefined) throw impossible('the document cannot be made to say this');
  return edited;
}

function copyOf<Source extends string | Uint8Array>(source: Source): Edited<Source> {
  const copy = typeof source === 'string' ? source : new Uint8Array(source);
  return copy as Edited<Source>;
}

function edit<Source extends string | Uint8Array>(
  source: Source,
  splices: (text: string) => readonly Splice[],
): Edited<Source> {
  const edited =
    typeof source === 'string' ? editText(source, splices) : editBytes(source, splices);
  return edited as Edited<Source>;
}

function editText(source: string, splices: (text: string) => readonly Splice[]): string {
  const { text, start, end } = contentOf(source);
  return source.slice(0, start) + spliceText(text, splices(text)) + source.slice(end);
}

function editBytes(source: Uint8Array, splices: (text: string) => readonly Splice[]): Uint8Array {
  const decoded = decodeBytes(source);
  if (decoded.text === undefined) throw new DescriptorError([decoded.finding]);
  const { text } = contentOf(decoded.text);
  const lead = decoded.markBytes;
  const form = formOf(decoded.encoding, decoded.text.length === source.length - lead);
  return spliceBytes(source, text, splices(text), { form, lead });
}

function formOf(encoding: string, isOneByteEach: boolean): ByteForm {
  if (/^utf-?8$/i.test(encoding)) return 'utf-8';
  if (encoding === 'UTF-16LE') return 'utf-16le';
  if (encoding === 'UTF-16BE') return 'utf-16be';
  if (isOneByteEach) return 'single';
  throw impossible(`documents in ${encoding} cannot be edited`);
}

function splicesOf(
  text: string,
  before: DiskDescriptor,
  next: DiskDescriptor,
  writesAssumed: boolean,
): Splice[] {
  const { outline } = passGate(text);
  const root = outline && readTree(text, outline);
  const parameters = child(root, 'Disk_Parameters');
  const storage = child(child(root, 'StorageData'), 'Storage');
  const snapshots = child(root, 'Snapshots');
  if (parameters === undefined || storage === undefined || snapshots === undefined)
    throw impossible('there is nothing to edit');
  const change = changeOf(before, next, writesAssumed);
  const isWritten = !writesAssumed || child(snapshots, 'TopGUID') !== undefined;
  const topGuid = before.topGuid === next.topGuid && isWritten ? [] : [next.topGuid];
  return [
    ...editParameters(text, parameters, storage, before, next),
    ...editImages(text, [...storage.children.from('Image')], change),
    ...topGuid.flatMap((value) => editLeaf(text, { parent: snapshots, name: 'TopGUID', value })),
    ...editShots(text, [...snapshots.children.from('Shot')], change),
  ];
}

function isSame(one: DiskDescriptor, other: DiskDescriptor): boolean {
  const canonical = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        )
      : value;
  const write = (descriptor: DiskDescriptor): string =>
    JSON.stringify(descriptor, (_key, value: unknown) => canonical(value));
  return write(one) === write(other);
}

function impossible(reason: string): DescriptorError {
  return new DescriptorError([diagnostic('EDIT_IMPOSSIBLE', { reason })]);
}
