import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { diskSpace } from './disk-space.ts';

test('deleting one name of a file frees nothing while another is left', async () => {
  const root = await temporaryDirectory();
  const directory = join(root, 'disk');
  await mkdir(directory);
  // The second image is a leaf beside the top.
  const nodes = [{}, { parent: 0 }, { parent: 0 }];
  const xml = descriptorXml(nodes, { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const image = imageBytes({ version: 2 }, [1, 2]);
  for (const name of ['d0', 'd1', 'd2']) await writeFile(join(directory, name), image);
  const frees = async (): Promise<number | undefined> => {
    const { operations } = await diskSpace(directory);
    return operations.find(({ guid, operation }) => guid === testGuid(1) && operation === 'delete')
      ?.frees;
  };
  expect(await frees()).toBe(image.length);
  await link(join(directory, 'd1'), join(root, 'elsewhere'));
  expect(await frees()).toBe(0);
});

test('nothing is promised of a merge into an image that ends before its data begin', async () => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  const empty = imageBytes({ version: 1, flags: 1 }, [], 0);
  const unknown = async (base: Uint8Array): Promise<unknown> => {
    await writeFile(join(directory, 'd0'), base);
    await writeFile(join(directory, 'd1'), imageBytes({ version: 1 }, [64]));
    const { operations } = await diskSpace(directory);
    const merge = operations.find(({ operation }) => operation === 'merge');
    return [merge?.outcome, merge?.unknown];
  };
  expect(await unknown(empty)).toEqual(['merged', undefined]);
  // The tool refuses it with 38.
  expect(await unknown(empty.subarray(0, empty.length / 2))).toEqual([
    'merged',
    'IMAGE_UNREADABLE',
  ]);
});

interface Spoilt {
  readonly what: string;
  /** Changes a chain of three images, of which `d1` is merged into `d0`. */
  readonly spoil: (directory: string) => Promise<void>;
  readonly code: string;
}

const SPOILT: readonly Spoilt[] = [
  {
    what: 'the versions of two images differ',
    spoil: (directory) => writeFile(join(directory, 'd0'), imageBytes({ version: 1 }, [64, 128])),
    code: 'DISK_DAMAGED',
  },
  {
    what: 'a larger image would be merged into one that is not whole',
    spoil: async (directory) => {
      const size = 64n * 64n - 1n;
      await writeFile(join(directory, 'd0'), imageBytes({ version: 2, size }, [1, 2]));
      await writeFile(join(directory, 'd1'), imageBytes({ version: 2, clusters: 70 }, [1, 2]));
    },
    code: 'DISK_DAMAGED',
  },
  {
    what: 'the image that is written to has a name elsewhere',
    spoil: (directory) => link(join(directory, 'd0'), join(directory, '..', 'elsewhere')),
    code: 'IMAGE_LINKED',
  },
  {
    what: 'a directory has the name of an image',
    spoil: async (directory) => {
      await rm(join(directory, 'd1'));
      await mkdir(join(directory, 'd1'));
    },
    code: 'DISK_DAMAGED',
  },
  {
    what: 'two images are one file',
    spoil: async (directory) => {
      await rm(join(directory, 'd2'));
      await link(join(directory, 'd0'), join(directory, 'd2'));
    },
    code: 'DISK_DAMAGED',
  },
  {
    what: 'an image lies outside the directory',
    spoil: async (directory) => {
      await rename(join(directory, 'd2'), join(directory, '..', 'd2'));
      const path = join(directory, 'DiskDescriptor.xml');
      await writeFile(path, (await readFile(path, 'utf8')).replace('>d2<', '>../d2<'));
    },
    code: 'DELTA_OUTSIDE',
  },
];

test.each(SPOILT)('a merge is not offered if $what', async ({ spoil, code }) => {
  const directory = join(await temporaryDirectory(), 'disk');
  await mkdir(directory);
  const xml = descriptorXml([{}, { parent: 0 }, { parent: 1 }], { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  for (const name of ['d0', 'd1', 'd2'])
    await writeFile(join(directory, name), imageBytes({ version: 2 }, [1, 2]));
  const merge = async (): Promise<unknown> =>
    (await diskSpace(directory)).operations.find(
      ({ guid, operation }) => guid === testGuid(1) && operation === 'merge',
    );
  expect(await merge()).toMatchObject({ outcome: 'merged', refusals: [] });
  await spoil(directory);
  expect(await merge()).toMatchObject({
    outcome: 'refused',
    refusals: [{ code }],
    unknown: 'REFUSED',
  });
});

test.each([
  [0x746f_6e59, '1.15', 'IMAGE_IN_USE'],
  [0x746f_6e59, '9', 'IMAGE_IN_USE'],
  [0x312e_3276, '1.15', 'IMAGE_IN_USE'],
  [0x312e_3276, '9', undefined],
] as const)('mark %s: what release %s merges is unknown: %s', async (mark, release, unknown) => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '4096' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), imageBytes({ version: 2, mark }, [1, 2]));
  await writeFile(join(directory, 'd1'), imageBytes({ version: 2 }, [1, 2]));
  const { operations } = await diskSpace(directory, { release });
  const merge = operations.find(({ operation }) => operation === 'merge');
  expect(merge?.outcome).toBe('merged');
  expect(merge?.unknown).toBe(unknown);
  expect(merge?.frees === undefined).toBe(unknown !== undefined);
});
