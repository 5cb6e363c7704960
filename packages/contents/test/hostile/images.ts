import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { makeSparse, mounted } from '../ext/image.ts';
import { run, runOwn } from '../ext/programs.ts';
import { sparseOf, type Sparse } from '../xfs/sparse.ts';

const KIB = 1024;
const MIB = 2 ** 20;

/** Small file systems with a few files of each kind, by what `mke2fs` makes them of. */
const EXT: Readonly<Record<string, readonly string[]>> = {
  'ext2, 1 KiB': ['-t', 'ext2', '-b', '1024'],
  'no extents': ['-t', 'ext4', '-b', '2048', '-O', '^extent,^64bit,^has_journal'],
  'ext4, 1 KiB': ['-t', 'ext4', '-b', '1024', '-O', '^has_journal'],
  'ext4, 4 KiB': ['-t', 'ext4', '-b', '4096', '-O', '^has_journal'],
  'inline data': ['-b', '1024', '-I', '512', '-O', 'extent,inline_data,ea_inode,metadata_csum'],
  bigalloc: ['-t', 'ext4', '-b', '1024', '-C', '4096', '-O', 'bigalloc,^has_journal'],
  meta_bg: ['-t', 'ext4', '-b', '1024', '-O', 'meta_bg,^resize_inode,^has_journal'],
};
/** The same for `mkfs.xfs`. */
const XFS: Readonly<Record<string, readonly string[]>> = {
  'XFS, 1 KiB': ['-b', 'size=1024'],
  'XFS, 4 KiB, nrext64': ['-i', 'nrext64=1'],
  'XFS, directory blocks of 16 KiB': ['-b', 'size=1024', '-n', 'size=16384', '-m', 'bigtime=0'],
};

/** Files with many extents, a hashed directory, large attributes, a long symlink. */
const FILL = `
import os, sys
root, is_large = sys.argv[1], len(sys.argv) > 2
for number in range(40):
    with open(f'{root}/scattered', 'r+b' if number else 'wb') as file:
        file.seek(number * 9000); file.write(b'x')
os.mkdir(f'{root}/many')
for number in range(60 if is_large else 26):
    open(f'{root}/many/f{number:040}', 'w').close()
os.mkdir(f'{root}/many/small'); os.symlink('t' * 200, f'{root}/many/small/long'); os.symlink('../..', f'{root}/many/small/up')
open(f'{root}/inline', 'w').write('x' * 100)
for number in range(6):
    os.setxattr(f'{root}/inline', f'user.name{number}', b'v' * number * 40)
os.mkfifo(f'{root}/fifo')
`;

/** Small file systems of every kind, with files that are few: one takes a few milliseconds to read. */
export async function smallImages(directory: string): Promise<ReadonlyMap<string, Sparse>> {
  const images = new Map<string, Sparse>();
  for (const [name, argv] of Object.entries(EXT)) {
    const image = join(directory, name);
    await makeSparse(image, 8 * MIB);
    run('mke2fs', '-q', '-F', '-N', '240', ...argv, image);
    images.set(name, filled(image, 'ext4'));
  }
  images.set('journal', await journalOf(directory, ['-b', '1024']));
  images.set('journal, no checksums', await journalOf(directory, ['-O', '^metadata_csum,^64bit']));
  images.set('fast commits', await journalOf(directory, ['-b', '1024', '-O', 'fast_commit']));
  for (const [name, argv] of Object.entries(XFS)) {
    const image = join(directory, name);
    await makeSparse(image, 300 * MIB);
    run('mkfs.xfs', '-q', ...argv, image);
    images.set(name, filled(image, 'xfs'));
  }
  return images;
}

function filled(image: string, type: 'ext4' | 'xfs'): Sparse {
  const made = mounted(
    image,
    'rw',
    (root) => {
      runOwn('make_tree.py', root, '6', '14', 'mounted');
      run('python3', '-c', FILL, root, ...(type === 'xfs' ? ['large'] : []));
      return true;
    },
    type,
  );
  if (made !== true) throw new Error(`cannot mount ${image}`);
  return sparseOf(image);
}

/** A file system whose journal has to be replayed. */
async function journalOf(directory: string, argv: readonly string[]): Promise<Sparse> {
  const image = join(directory, `journal ${argv.join(' ')}`);
  await makeSparse(image, 6000 * KIB);
  run('mke2fs', '-q', '-t', 'ext4', '-N', '400', '-J', 'size=1', ...argv, image);
  const cut = `${image}.cut`;
  mounted(image, 'rw', (root) => {
    mkdirSync(join(root, 'first'));
    runOwn('cut_power.py', root, '13', '1');
    copyFileSync(image, cut);
  });
  return sparseOf(cut);
}
