import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

import { NIL_GUID, parseDescriptor, sectors, type DiskDescriptor, type Image } from '@ploop/descriptor';
import { createImage } from '@ploop/image';

import { PLACEHOLDER, type RecordedFile, type VolumeStep } from '../../../descriptor/test/recorded/volume-scenarios.ts';

/** Directories as a recording has them after each step; images are empty, but have the header that fits. */
export interface Stage {
  readonly root: string;
  readonly apply: (step: VolumeStep) => Promise<void>;
}

export function stageOf(root: string, release: string): Stage {
  const descriptors = new Map<string, string>();
  /** The format version of all images. */
  let version: 1 | 2 = release.startsWith('7') ? 1 : 2;
  const lengths = new Map<string, number>();

  /** Which image of which descriptor a file is. */
  const owners = (): ReadonlyMap<string, Owner> =>
    new Map(
      [...descriptors].flatMap(([path, text]) => {
        const { descriptor } = parseDescriptor(text, { release: '9' });
        if (descriptor === undefined) return [];
        return descriptor.images.map((image): readonly [string, Owner] => [
          normalize(join(dirname(path), image.file)),
          { path, descriptor, image },
        ]);
      }),
    );

  return {
    root,
    apply: async ({ argv = [], exit, descriptors: written = {}, files = {} }) => {
      if (exit === 0 && argv[0] === 'convert' && argv[1] === '-v')
        version = Number(argv[2]) as 1 | 2;
      const gone = Object.keys(files).filter((name) => files[name] === null);
      for (const name of gone.filter((one) => !one.endsWith('/'))) {
        lengths.delete(name);
        await rm(join(root, name), { force: true });
      }
      for (const [name, text] of Object.entries(written))
        if (text === null) {
          descriptors.delete(name);
          await rm(join(root, name), { force: true });
        } else descriptors.set(name, text);
      for (const name of gone.filter((one) => one.endsWith('/')))
        await rm(join(root, name), { recursive: true, force: true });
      for (const [name, file] of Object.entries(files)) if (file !== null) await place(name, file);
      for (const [name, text] of Object.entries(written))
        if (text !== null) await writeFile(join(root, name), text.replaceAll(PLACEHOLDER, root));
      for (const [name, owner] of owners()) {
        const length = lengths.get(name);
        const isChanged = name in files || owner.path in written;
        if (length !== undefined && isChanged)
          await writeImage(join(root, name), owner, length, version);
      }
    },
  };

  async function place(name: string, file: RecordedFile): Promise<void> {
    const path = join(root, name);
    const [size, target] = file;
    if (size === undefined) {
      await mkdir(path, { recursive: true });
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    if (size === '->') {
      await symlink(target.replaceAll(PLACEHOLDER, root), path);
      return;
    }
    lengths.set(name, size);
    await writeFile(path, '');
    await truncate(path, size);
  }
}

interface Owner {
  /** Of the descriptor. */
  readonly path: string;
  readonly descriptor: DiskDescriptor;
  readonly image: Image;
}

async function writeImage(
  path: string,
  { descriptor: { mode, shots, size, blockSize }, image }: Owner,
  length: number,
  version: 1 | 2,
): Promise<void> {
  const shot = shots.find(({ guid }) => guid === image.guid);
  const isBare = mode === 'raw' && shot?.parentGuid === NIL_GUID;
  const { header, fileBytes } = createImage({ version, size: sectors(size), blockSize });
  await writeFile(path, isBare ? '' : header);
  await truncate(path, Math.max(length, isBare ? 0 : fileBytes));
}
