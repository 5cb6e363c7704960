import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Diagnostic } from '@ploop/descriptor';
import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { diskSpace } from '../space/disk-space.ts';
import { checkDisk } from './check-disk.ts';

/** A file of 4096 bytes by its size, of which only a few can be read. */
const SHORT = '/sys/kernel/uevent_seqnum';

async function disk(xml: string, base: Uint8Array): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), base);
  return directory;
}

test.each([checkDisk, diskSpace])(
  'a file elsewhere that cannot be read is reported beside that it is elsewhere: %o',
  async (look) => {
    const directory = await disk(descriptorXml([{ file: SHORT }]), new Uint8Array(0));
    const codes = (await look(directory, { confine: '/' })).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['DELTA_ELSEWHERE', 'FILE_UNREADABLE']));
  },
);

test.each(['0', '1', '-64', '4294967296'])(
  'the space of a raw disk with clusters of %s sectors is not gone through',
  async (blockSize) => {
    const xml = descriptorXml([{}], { blockSize }).replace('Compressed', 'Plain');
    const { images, diagnostics } = await diskSpace(await disk(xml, new Uint8Array(65_536)));
    expect(diagnostics.map(({ severity }) => severity)).toContain('error');
    for (const image of images) expect(image).toMatchObject({ unknown: 'IMAGE_UNREADABLE' });
    for (const image of images) expect(image).not.toHaveProperty('allocated');
  },
);

test('an image with a damaged header takes no space for a raw one', async () => {
  const damaged = imageBytes({ signature: 'WithouFreSpacExu' }, [1]);
  const { images, diagnostics } = await diskSpace(
    await disk(descriptorXml([{}], { blockSize: '64' }), damaged),
  );
  expect(images).toMatchObject([{ unknown: 'IMAGE_UNREADABLE', bytes: damaged.length }]);
  expect(images[0]).not.toHaveProperty('allocated');
  expect(diagnostics.map(({ code }) => code)).toContain('HEADER_INVALID');
});

test('what was to make a descriptor and was interrupted is reported where there is none', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'DiskDescriptor.xml.tmp'), '');
  await mkdir(join(directory, '.ploop-new-AbCdEf'));
  await writeFile(join(directory, 'DiskDescriptor.xml.lck'), '');
  const error: unknown = await checkDisk(directory).catch((caught: unknown) => caught);
  const { diagnostics = [] } = error as { diagnostics?: readonly Diagnostic[] };
  expect(diagnostics.map(({ code }) => code).sort()).toEqual([
    'CREATION_INTERRUPTED',
    'DESCRIPTOR_MISSING',
    'OPERATION_INTERRUPTED',
  ]);
});
