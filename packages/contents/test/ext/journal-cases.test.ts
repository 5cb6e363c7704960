import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DescriptorError } from '@ploop/descriptor';
import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openFileSystem } from '../../src/index.ts';
import { canMount, makeSparse, mounted, withFileSystem, withReader } from './image.ts';
import { run } from './programs.ts';

const MIB = 2 ** 20;
const STOP = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', int(sys.argv[2])))
`;
const FLUSH_LOG = '1';

/** Makes an image until debugfs, which replays nothing, says that it is as wanted: a `sync` of any program on the machine writes back what the journal alone is to hold. */
async function madeUntil(
  make: () => Promise<string>,
  isWanted: (path: string) => boolean,
): Promise<string> {
  for (let tries = 1; tries <= 20; tries += 1) {
    const path = await make();
    if (isWanted(path)) return path;
  }
  throw new Error('each of 20 images was written back before the power was cut');
}

/** A file system in which a directory with a file was made just before the power was cut, and only the journal has it. */
function cutOff(): Promise<string> {
  return madeUntil(makeCutOff, (path) => !run('debugfs', '-R', 'ls -p /', path).includes('/new/'));
}

async function makeCutOff(): Promise<string> {
  const path = join(await temporaryDirectory(), 'image');
  await makeSparse(path, 32 * MIB);
  run('mke2fs', '-q', '-t', 'ext4', path);
  const copy = `${path}.copy`;
  mounted(path, 'rw', (root) => {
    mkdirSync(join(root, 'new'));
    writeFileSync(join(root, 'new', 'file'), 'text', { flush: true });
    run('python3', '-c', STOP, root, FLUSH_LOG);
    // An unmount writes what is in memory.
    copyFileSync(path, copy);
  });
  return copy;
}

test.skipIf(!canMount)('a replay shows what is in the journal alone', async () => {
  await withFileSystem(await cutOff(), async (fileSystem) => {
    const file = await fileSystem.open('/new/file');
    expect(new TextDecoder().decode(await file.read(0, 100))).toBe('text');
    expect(fileSystem.diagnostics()).toEqual([]);
  });
});

test.skipIf(!canMount)('without a replay, the disk is read as it is, with a finding', async () => {
  await withReader(await cutOff(), async (readAt, size) => {
    const fileSystem = await openFileSystem(readAt, { size, replay: false });
    await expect(fileSystem.stat('/new')).rejects.toMatchObject({ code: 'PATH_MISSING' });
    expect(fileSystem.diagnostics().map(({ code }) => code)).toEqual(['JOURNAL_SKIPPED']);
  });
});

/** Where the journal is, in bytes. */
function journalOf(path: string, block: number): number {
  const [first = ''] = run('debugfs', '-R', `bmap <8> ${String(block)}`, path)
    .trim()
    .split('\n');
  return Number(first) * 1024;
}

test.skipIf(!canMount)(
  'damage in the journal is a finding, and what is before it is replayed',
  async () => {
    const image = await cutOff();
    await withReader(image, async (readAt, size) => {
      const start = Number(/Journal start:\s+(\d+)/.exec(run('dumpe2fs', '-h', image))?.[1]);
      const damaged = async (at: number) => {
        const fileSystem = await openFileSystem(
          async (target, position) => {
            const count = await readAt(target, position);
            if (at >= position && at < position + count)
              target[at - position] = ~(target[at - position] ?? 0);
            return count;
          },
          { size },
        );
        return fileSystem
          .diagnostics()
          .map(({ code, data }) => [code, 'reason' in data && data.reason]);
      };
      expect(await damaged(journalOf(image, start) + 20)).toEqual([
        ['JOURNAL_DAMAGED', 'checksum of a block'],
      ]);
      expect(await damaged(journalOf(image, start + 1) + 20)).toEqual([
        ['JOURNAL_DAMAGED', 'checksum of data'],
      ]);
      expect(await damaged(journalOf(image, 0) + 30)).toEqual([
        ['JOURNAL_DAMAGED', 'checksum of the journal'],
        ['JOURNAL_SKIPPED', false],
      ]);
    });
  },
);

test.skipIf(!canMount)('an external journal is refused if it has to be replayed', async () => {
  const directory = await temporaryDirectory();
  const [journal, path] = [join(directory, 'journal'), join(directory, 'image')];
  await makeSparse(journal, 8 * MIB);
  await makeSparse(path, 32 * MIB);
  run('mke2fs', '-q', '-b', '1024', '-O', 'journal_dev', journal);
  const device = run('losetup', '--find', '--show', journal).trim();
  try {
    run('mke2fs', '-q', '-t', 'ext4', '-b', '1024', '-J', `device=${device}`, path);
    await withFileSystem(path, async (fileSystem) => {
      expect((await fileSystem.stat('/')).type).toBe('directory');
    });
    mounted(path, 'rw', (root) => {
      run('python3', '-c', STOP, root, FLUSH_LOG);
    });
  } finally {
    run('losetup', '--detach', device);
  }
  const opened = withFileSystem(path, () => Promise.resolve('opened'));
  await expect(opened).rejects.toMatchObject({ code: 'JOURNAL_EXTERNAL' });
  await expect(withFileSystem(journal, () => Promise.resolve())).rejects.toMatchObject({
    code: 'FEATURES_UNKNOWN',
    diagnostics: [{ data: { features: ['journal_dev'] } }],
  } satisfies Partial<Record<keyof DescriptorError, unknown>>);
});
