import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { loadVolumes, loadVolumesSync } from './load-volumes.ts';

async function volumeIn(directory: string, parent: string | undefined): Promise<string> {
  await mkdir(directory, { recursive: true });
  const source =
    parent === undefined
      ? descriptorXml([{ guid: testGuid(1) }])
      : descriptorXml([{ parentGuid: testGuid(1) }]).replace(
          '<Storage>',
          `<Volume><Parent>${parent}</Parent></Volume><Storage>`,
        );
  await writeFile(join(directory, 'DiskDescriptor.xml'), source);
  return directory;
}

test('parent volumes are read from disk, through symbolic links', async () => {
  const root = await temporaryDirectory();
  const base = await volumeIn(join(root, 'base'), undefined);
  await symlink(base, join(root, 'link'));
  const child = await volumeIn(join(root, 'child'), '../link');
  const chain = await loadVolumes(child, { confine: root });
  expect(chain).toMatchObject({ accepted: true, directory: child, parents: [{ directory: base }] });
  expect(chain.descriptor?.images.map(({ file }) => file)).toEqual(['d0', join(base, 'd0')]);
  const { descriptor, diagnostics } = chain;
  expect(loadVolumesSync(child, { confine: root })).toMatchObject({
    accepted: true,
    descriptor,
    diagnostics,
  });
});

test('a volume that is its own parent by another name, and a pipe for a parent', async () => {
  const root = await temporaryDirectory();
  const self = await volumeIn(join(root, 'self'), '../again');
  await symlink(self, join(root, 'again'));
  const { diagnostics } = await loadVolumes(self, { confine: root });
  expect(diagnostics.map(({ code }) => code)).toContain('VOLUME_CYCLE');
  const lone = await volumeIn(join(root, 'lone'), '/dev/null');
  const gone = await loadVolumes(lone, { confine: false });
  expect(gone.diagnostics.map(({ code }) => code)).toContain('VOLUME_UNREADABLE');
  await expect(loadVolumes(join(root, 'nothing'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
});

test('a parent outside is not opened, and the chain is not accepted', async () => {
  const root = await temporaryDirectory();
  const base = await volumeIn(join(root, 'base'), undefined);
  const child = await volumeIn(join(root, 'child'), '../base');
  for (const loaded of [await loadVolumes(child), loadVolumesSync(child)]) {
    expect(loaded).toMatchObject({ accepted: false, parents: [] });
    expect(loaded.diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'VOLUME_OUTSIDE',
        data: { directory: base, within: child },
      }),
    );
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5])(
  '%d is not a size, and a finding',
  async (maxBytes) => {
    const directory = await volumeIn(await temporaryDirectory(), undefined);
    const data = { option: 'maxBytes', value: String(maxBytes) };
    expect(await loadVolumes(directory, { maxBytes })).toMatchObject({
      accepted: false,
      diagnostics: [{ code: 'OPTION_INVALID', data }],
    });
  },
);
