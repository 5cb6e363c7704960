import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasDiskPrograms } from '@ploop/test-kit/programs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { byPath, makeSparse, withFileSystem } from '../ext/image.ts';
import { listed, type Listed } from '../ext/listing.ts';
import { run, runOwn } from '../ext/programs.ts';

/*
 * The kernel mounts no version 4 any more: mkfs.xfs makes the trees from prototypes, and xfs_db adds attributes. It crashes
 * if the first attribute of a file is large, and stores none without a value.
 */

const MIB = 2 ** 20;
const FIRST = { name: 'first', length: 3 };

/** What `mkfs.xfs` makes a file system of version 4 of. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  'as made': [],
  'no file types': ['-n', 'ftype=0'],
  '512 bytes': ['-b', 'size=512', '-i', 'size=256'],
  '512 bytes, directory blocks of 4 KiB': ['-b', 'size=512', '-n', 'size=4096,ftype=0'],
  '1 KiB, directory blocks of 16 KiB': ['-b', 'size=1024', '-n', 'size=16384'],
  'inodes of 2 KiB': ['-i', 'size=2048'],
  'projects of 16 bits': ['-i', 'projid32bit=0'],
  'log of version 1': ['-l', 'version=1'],
  '64 KiB': ['-b', 'size=65536'],
  'ignores case': ['-n', 'version=ci'],
};

const attribute = fc.record({
  space: fc.constantFrom('user', 'trusted', 'security'),
  name: fc.stringMatching(/^[a-z]{1,60}$/),
  length: fc.oneof(...[40, 3000, 65_536].map((max) => fc.integer({ min: 1, max }))),
});
type Attribute = typeof attribute extends fc.Arbitrary<infer Value> ? Value : never;
const attributes = fc.uniqueArray(attribute, {
  selector: ({ space, name }) => `${space}.${name}`,
  maxLength: 60,
});
const tree = fc.record({
  row: fc.constantFrom(...Object.keys(ROWS)),
  seed: fc.nat(),
  entries: fc.integer({ min: 1, max: 60 }),
  attributes: fc.array(attributes, { maxLength: 4 }),
});

test.skipIf(!hasDiskPrograms)('version 4: files are those of the prototype', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async ({ row, seed, entries, attributes: lists }) => {
      const directory = await temporaryDirectory();
      const source = join(directory, 'source');
      mkdirSync(source);
      const made = runOwn('make_prototype.py', source, String(seed), String(entries))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Listed);
      const image = join(directory, 'image');
      await makeSparse(image, 320 * MIB);
      const prototype = join(source, 'prototype');
      run('mkfs.xfs', '-q', '-m', 'crc=0', ...(ROWS[row] ?? []), '-p', prototype, image);
      const expected = new Map(made.map((entry) => [entry.path, { ...entry, xattrs: {} }]));
      const files = made.filter(({ type }) => type === 'file' || type === 'directory');
      for (const [index, list] of lists.entries()) {
        const file = files[index];
        if (file === undefined) continue;
        addAttributes(image, Buffer.from(file.path, 'hex').toString() || '/', list);
        expected.set(file.path, { ...file, xattrs: shownAttributes(list) });
      }
      const { found, findings } = await withFileSystem(image, async (fileSystem) => ({
        found: await listed(fileSystem),
        findings: fileSystem.diagnostics(),
      }));
      expect(findings).toEqual([]);
      expect(found).toHaveLength(made.length);
      expect(byPath(found)).toMatchObject(byPath([...expected.values()]));
      for (const { path, xattrs } of found) expect(xattrs).toEqual(expected.get(path)?.xattrs);
    }),
    { ...sample('trees in XFS of version 4', 4), endOnFailure: true },
  );
});

const OPTIONS: Readonly<Record<Attribute['space'], string>> = {
  user: '-u',
  trusted: '-r',
  security: '-s',
};

function addAttributes(image: string, path: string, list: readonly Attribute[]): void {
  const commands = [{ space: 'user' as const, ...FIRST }, ...list].map(
    ({ space, name, length }) => `attr_set ${OPTIONS[space]} ${name} -v ${String(length)}`,
  );
  const argv = [`path ${path}`, ...commands].flatMap((command) => ['-c', command]);
  run('xfs_db', '-x', ...argv, image);
}

/** As listed: xfs_db fills values with the letter v. */
function shownAttributes(list: readonly Attribute[]): Record<string, string> {
  const entries = [{ space: 'user', ...FIRST }, ...list].map(({ space, name, length }) => [
    Buffer.from(`${space}.${name}`).toString('hex'),
    Buffer.from('v'.repeat(length)).toString('hex'),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
