import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runAsync } from '@ploop/descriptor/internal';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { refuseImages } from '../../src/refusals/refuse-images.ts';
import { sourceAt } from '../../src/state/source-at.ts';
import { stateOf } from '../../src/state/state.ts';
import { makeChain } from './disk.ts';

test.each([
  [true, 'DISK_CHANGED'],
  [false, 'DISK_DAMAGED'],
])('an image that is emptied, with a new descriptor %s: %s', async (isReplaced, reason) => {
  const directory = join(await temporaryDirectory(), 'disk');
  makeChain(directory, ['healthy', 'healthy', 'healthy']);
  const path = join(directory, 'DiskDescriptor.xml');
  const source = await runAsync(sourceAt(directory, { assumeUnmounted: true }));
  const state = await runAsync(stateOf(path));
  const [into = '', file = ''] = state.graph.nodes.map(({ image }) => image?.file);
  // Another program is at the disk.
  await writeFile(join(directory, file), '');
  if (isReplaced) {
    await writeFile(`${path}.new`, await readFile(path));
    await rename(`${path}.new`, path);
  }
  const refusal = refuseImages(source, state, [{ step: 'merge', file, into }], {
    operation: 'merge',
  });
  await expect(refusal).rejects.toMatchObject({ code: 'REFUSED', reason });
});
