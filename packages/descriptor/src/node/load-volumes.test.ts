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
  const chain = await loadVolumes(child);
  expect(chain).toMatchObject({ accepted: true, directory: child, parents: [{ directory: base }] });
  expect(chain.descriptor?.images.map(({ file }) => file)).toEqual(['d0', join(base, 'd0')]);
  const { descriptor, diagnostics } = chain;
  expect(loadVolumesSync(child)).toMatchObject({ accepted: true, descriptor, diagnostics });
});

test('a volume that is its own parent by another name, and a pipe for a parent', async () => {
  const root = await temporaryDirectory();
  const self = await volumeIn(join(root, 'self'), '../again');
  await symlink(self, join(root, 'again'));
  const { accepted, diagnostics } = await loadVolumes(self);
  expect(accepted).toBe(false);
  expect(diagnostics.map(({ code }) => code)).toContain('VOLUME_CYCLE');
  const lone = await volumeIn(join(root, 'lone'), '/dev/null');
  const gone = await loadVolumes(lone);
  expect(gone.diagnostics.map(({ code }) => code)).toContain('VOLUME_UNREADABLE');
  await expect(loadVolumes(join(root, 'nothing'))).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  });
});
