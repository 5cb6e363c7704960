import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { resolveFile, type SnapshotNode } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/node';

import { isThere } from './io/is-there.ts';
import { stateOf, type DiskState } from './state.ts';

/** What can be seen of a disk and of what the tool makes beside it; what cannot be read is not there. */
export interface Moment {
  readonly state: DiskState | undefined;
  /** Absolute paths of files that are the tool's. */
  readonly files: ReadonlySet<string>;
}

/** What the tool appends to the name of an image while it works on it. */
const SUFFIXES = ['.mnt', '.tmp', '.idx'] as const;

/** Looks at a disk, without a lock and without an error. */
export async function momentOf(descriptorPath: string): Promise<Moment> {
  const state = await runAsync(stateOf(descriptorPath)).catch(() => undefined);
  const directory = dirname(descriptorPath);
  const images = imagesOf(state);
  const stems = new Set([descriptorPath, ...images].map((file) => basename(file)));
  const beside = (await readdir(directory).catch((): string[] => []))
    .filter((name) => stemsOf(name).some((stem) => stems.has(stem)))
    .map((name) => join(directory, name));
  const elsewhere = images
    .filter((image) => dirname(image) !== directory)
    .flatMap((image) => SUFFIXES.map((suffix) => `${image}${suffix}`));
  const there = await Promise.all(elsewhere.map(isThere));
  return { state, files: new Set([...beside, ...elsewhere.filter((_, index) => there[index])]) };
}

/**
 * What is on the machine now and was not before, or the other way round, for people. Nothing of it is a fault by itself:
 * the disk is as the descriptor says.
 */
export function changesBetween(before: Moment, after: Moment): readonly string[] {
  const named = new Set(imagesOf(after.state));
  const strays = [...after.files]
    .filter((file) => !before.files.has(file) && !named.has(file))
    .map((file) => `${file}, which the descriptor does not name`);
  return [...shotChanges(before.state, after.state), ...strays];
}

function shotChanges(
  before: DiskState | undefined,
  after: DiskState | undefined,
): readonly string[] {
  if (after === undefined) return before === undefined ? [] : ['a descriptor that cannot be read'];
  if (before === undefined) return [];
  const left: string[] = [];
  for (const node of after.graph.nodes) {
    const earlier = before.graph.node(node.guid);
    const file = fileOf(after, node);
    if (earlier === undefined) left.push(`snapshot ${node.guid} in ${file}`);
    else if (fileOf(before, earlier) !== file)
      left.push(`${node === after.top ? 'the top' : `snapshot ${node.guid}`} in ${file}`);
    if (earlier?.temporary === false && node.temporary)
      left.push(`snapshot ${node.guid} marked temporary`);
  }
  const files = new Set(imagesOf(after));
  for (const node of before.graph.nodes) {
    const file = fileOf(before, node);
    if (!files.has(file)) left.push(`${file} gone, which was ${titleOf(before, node)}`);
  }
  return left;
}

function titleOf({ top }: DiskState, node: SnapshotNode): string {
  return node === top ? 'the top' : `snapshot ${node.guid}`;
}

function imagesOf(state: DiskState | undefined): readonly string[] {
  return state === undefined ? [] : state.graph.nodes.map((node) => fileOf(state, node));
}

function fileOf({ directory }: DiskState, { image }: SnapshotNode): string {
  return image === undefined ? 'no file' : resolveFile(directory, image.file);
}

/** What a name may have been made of by the tool: `DiskDescriptor.xml.tmp`, `root.hdd.mnt`, `root.hdd.{…}`. */
function stemsOf(name: string): readonly string[] {
  const suffix = SUFFIXES.find((end) => name.endsWith(end));
  const deltas = Array.from(name.matchAll(/\.\{/g), ({ index }) => name.slice(0, index));
  return suffix === undefined ? deltas : [name.slice(0, -suffix.length), ...deltas];
}
