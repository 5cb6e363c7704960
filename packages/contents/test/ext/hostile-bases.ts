import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { canMount, makeSparse, mounted, sourceIn } from './image.ts';
import { run, runOwn } from './programs.ts';

const KIB = 1024;

/** File systems to damage, by what `mke2fs` makes them of. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  ext2: ['-t', 'ext2', '-b', '1024'],
  'no extents': ['-t', 'ext4', '-b', '1024', '-O', '^extent,^64bit,^has_journal'],
  ext4: ['-t', 'ext4', '-b', '1024', '-O', '^has_journal'],
  '4 KiB': ['-t', 'ext4', '-b', '4096', '-O', '^has_journal'],
  'no checksums': ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,^has_journal'],
  inline: ['-t', 'ext4', '-b', '1024', '-I', '512', '-O', 'inline_data,ea_inode,^has_journal'],
  meta_bg: ['-t', 'ext4', '-b', '1024', '-g', '512', '-O', 'meta_bg,^resize_inode,^has_journal'],
};

const FRAGMENTS = `
import os, sys
root = sys.argv[1]
for number in range(40):
    with open(f'{root}/scattered', 'r+b' if number else 'wb') as file:
        file.seek(number * 9000); file.write(b'x')
for number in range(100):
    open(f'{root}/f{number:040}', 'w').close()
`;

/** The file systems, small, with files of all kinds; one of them has a journal to replay. */
export async function hostileBases(directory: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const source = sourceIn(directory);
  runOwn('make_tree.py', source, '5', '40');
  run('python3', '-c', FRAGMENTS, source);
  const bases = new Map<string, Uint8Array>();
  for (const [name, argv] of Object.entries(KINDS)) {
    const image = join(directory, name);
    await makeSparse(image, 6000 * KIB);
    run('mke2fs', '-q', '-N', '600', ...argv, '-d', source, image);
    bases.set(name, readFileSync(image));
  }
  if (canMount) bases.set('journal', await withJournal(directory));
  return bases;
}

async function withJournal(directory: string): Promise<Uint8Array> {
  const image = join(directory, 'journal');
  await makeSparse(image, 6000 * KIB);
  run('mke2fs', '-q', '-t', 'ext4', '-b', '1024', '-N', '600', '-J', 'size=1', image);
  const copy = `${image}.copy`;
  mounted(image, 'rw', (root) => {
    runOwn('cut_power.py', root, '11', '3');
    copyFileSync(image, copy);
  });
  return readFileSync(copy);
}
