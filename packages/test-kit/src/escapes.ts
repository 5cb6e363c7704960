import { copyFile, mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { descriptorXml } from './descriptor-xml.ts';
import { imageBytes } from './image-bytes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What only the files of the other disk hold. */
export const SECRET = 'the secret of another disk';
const SECRET_GUID = '{5ec4e700-0000-4000-8000-000000000001}';
const CLUSTER = 32_768;

/** A disk that leads to another one. */
export interface Place {
  /** The directory that holds both. */
  readonly root: string;
  readonly own: string;
  readonly other: string;
  readonly out: string;
  /** The base, as the descriptor names it. */
  readonly base: string;
}

interface Escape {
  readonly base: (other: string) => string;
  readonly make?: (own: string, other: string) => Promise<unknown>;
  readonly volume?: true;
}

/** Ways out of the directory of a disk. */
export const ESCAPES: Readonly<Record<string, Escape>> = {
  'an absolute name': { base: (other) => join(other, 'base') },
  'a name with ..': { base: () => '../other/base' },
  'a symlink': {
    base: () => 'link',
    make: (own, other) => symlink(join(other, 'base'), join(own, 'link')),
  },
  'a symlinked directory': {
    base: () => 'way/base',
    make: (own, other) => symlink(other, join(own, 'way')),
  },
  'a parent volume': { base: () => 'd0', volume: true },
};

/** Makes a disk whose base is another disk's, or that is a volume over it. */
export async function escaped({ base, make, volume }: Escape): Promise<Place> {
  const root = await temporaryDirectory();
  const [own, other, out] = ['own', 'other', 'out'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [own, other, out]) await mkdir(directory);
  const options = { blockSize: '64', size: '4096' };
  const ours = [
    { file: base(other), ...(volume && { parentGuid: SECRET_GUID }) },
    { parent: 0, file: 'd1' },
  ];
  const xml = descriptorXml(ours, options);
  const parent = '<Volume><Parent>../other</Parent></Volume><Storage>';
  await writeFile(
    join(own, 'DiskDescriptor.xml'),
    volume === true ? xml.replace('<Storage>', parent) : xml,
  );
  const theirs = descriptorXml([{ guid: SECRET_GUID, file: 'base' }], options);
  await writeFile(join(other, 'DiskDescriptor.xml'), theirs);
  const secret = Buffer.from(imageBytes({}, [1], 1));
  secret.fill(SECRET, CLUSTER);
  await writeFile(join(other, 'base'), secret);
  if (volume === true) await writeFile(join(own, 'd0'), imageBytes({}, [0, 1], 1));
  await writeFile(join(own, 'd1'), imageBytes({}, [0, 0, 1], 1));
  await symlink(join(other, 'base'), join(own, 'stray'));
  await make?.(own, other);
  return { root, own, other, out, base: base(other) };
}

/** A copy of the files of a backup, those of the other disk by symlink. */
export async function linkedBackup(
  { out, other }: Place,
  files: readonly { readonly name: string; readonly source: string }[],
): Promise<string> {
  const directory = join(out, 'backup');
  await mkdir(directory);
  for (const { name, source } of files) {
    const isTheirs = (await realpath(source)) === join(other, 'base');
    const [from, to] = [isTheirs ? join(other, 'base') : source, join(directory, name)];
    await (isTheirs ? symlink(from, to) : copyFile(from, to));
  }
  return directory;
}

/** Everything in a directory and its content. */
export async function contentOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(
        async (name) =>
          [
            name,
            await readFile(join(directory, name), 'latin1').catch(() => dirname(name)),
          ] as const,
      ),
    ),
  );
}
