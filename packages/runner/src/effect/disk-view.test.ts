import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { localExec } from '../exec/exec.ts';
import { seeLocally, seeThrough, type See } from './disk-view.ts';

const SEES: readonly (readonly [string, () => See])[] = [
  ['by this process', () => seeLocally(localExec, {})],
  ['through programs', () => seeThrough(localExec, {})],
];

test.each(SEES)('a descriptor that is the same is parsed once: %s', async (_name, createSee) => {
  const see = createSee();
  const path = join(await temporaryDirectory(), 'DiskDescriptor.xml');
  const one = descriptorXml([{}]);
  const other = descriptorXml([{}, { parent: 0 }]);
  await writeFile(path, one);
  const first = await see(path);
  const again = await see(path);
  if (typeof first === 'string' || typeof again === 'string') throw new TypeError('not read');
  expect(again.graph).toBe(first.graph);

  // Another file in its place, with the same text: seen as another one, and not parsed again.
  await writeFile(`${path}.tmp`, one);
  await rename(`${path}.tmp`, path);
  const replaced = await see(path);
  if (typeof replaced === 'string') throw new TypeError('not read');
  expect(replaced.identity).not.toBe(first.identity);
  expect(replaced.graph).toBe(first.graph);

  await writeFile(path, other);
  expect(await see(path)).toMatchObject({ graph: { nodes: [{}, {}] } });
  await writeFile(path, '<a>');
  expect(await see(path)).toBe('invalid');
  await writeFile(path, one);
  expect(await see(path)).toMatchObject({ graph: { nodes: [{}] } });
});

test('the same descriptor in two directories is two disks', async () => {
  const see = seeLocally(localExec, {});
  const files: (string | undefined)[] = [];
  for (let count = 0; count < 2; count += 1) {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
    const seen = await see(join(directory, 'DiskDescriptor.xml'));
    if (typeof seen === 'string') throw new TypeError('not read');
    files.push(seen.fileOf(seen.graph.top));
  }
  expect(new Set(files).size).toBe(2);
});
