import { spawnSync } from 'node:child_process';
import { copyFile, link, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { failingCalls, hasCompiler } from '@ploop/test-kit/preloads';
import { expect, test } from 'vitest';

import { placeNew } from '@ploop/descriptor/node/internal';

/** Puts a file into a directory as each part of the toolkit does it; prints the code of the error, if any. */
const PROGRAM = `
  import * as files from '@ploop/descriptor/node';
  import * as offline from '@ploop/offline';
  const node = { ...files, ...offline };
  const [, kind, disk, place, overwrites] = process.argv;
  const overwrite = overwrites === 'true';
  const kinds = {
    export: async () => {
      const snapshot = await node.openSnapshot(disk);
      await node.exportSnapshot(snapshot, place + '/out.raw', { overwrite, threads: false });
    },
    restore: async () => {
      const set = await node.backupSet(disk, '${testGuid(0)}');
      await node.restoreBackup(place, set, { overwrite });
    },
    save: async () => {
      const loaded = await node.loadDescriptor(place);
      await node.saveDescriptor(loaded, ${JSON.stringify(descriptorXml([{ file: 'saved' }]))});
    },
  };
  await kinds[kind]().then(
    () => console.log('done'),
    ({ code, message, diagnostics }) => console.log(code, diagnostics.length, message),
  );
`;

interface Subject {
  readonly disk: string;
  readonly place: string;
}

async function subject(): Promise<Subject> {
  const directory = await temporaryDirectory();
  const [disk, place] = [join(directory, 'disk'), join(directory, 'place')];
  await mkdir(disk);
  await mkdir(place);
  await writeFile(join(disk, 'd0'), imageBytes({ clusters: 4 }, [1]));
  await writeFile(join(disk, 'd1'), imageBytes({ clusters: 4 }));
  const xml = descriptorXml([{}, { parent: 0 }], { blockSize: '64' });
  await writeFile(join(disk, 'DiskDescriptor.xml'), xml);
  await copyFile(join(disk, 'd0'), join(place, 'd0'));
  return { disk, place };
}

function run(
  kind: string,
  { disk, place }: Subject,
  overwrite: boolean,
  env: Readonly<Record<string, string>>,
): string {
  const argv = ['--input-type=module', '-e', PROGRAM, '--', kind, disk, place, String(overwrite)];
  const { stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { ...process.env, LD_PRELOAD: failingCalls(join(place, '..')), ...env },
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

/** What each of them writes, and whether over something. */
const WRITERS = [
  ['export', false, 'out.raw'],
  ['export', true, 'out.raw'],
  ['restore', false, 'DiskDescriptor.xml'],
  ['restore', true, 'DiskDescriptor.xml'],
  ['save', true, 'DiskDescriptor.xml'],
] as const;

/** What is there of a file that cannot be what is to be written. */
const OLD = descriptorXml([{ file: 'old' }]);

test.runIf(hasCompiler).each(WRITERS)(
  '%s (overwrite: %s) says that the file is in its place if only the directory cannot be synced',
  async (kind, overwrite, name) => {
    const given = await subject();
    const file = join(given.place, name);
    if (overwrite) await writeFile(file, OLD);
    const env = { FAILING_SYNC: 'fsync', FAILING_FILE: '/place' };
    expect(run(kind, given, overwrite, env)).toMatch(
      /^FILE_NOT_SYNCED 1 .*is written and in its place, but a power cut may undo that: EIO/,
    );
    expect(await readFile(file, 'utf8')).not.toBe(OLD);
    const names = await readdir(given.place);
    expect(names.filter((one) => one.endsWith('.part') || one.startsWith('.'))).toEqual([]);
  },
);

const NEW_FILES = WRITERS.filter(([, overwrite]) => !overwrite).flatMap(([kind, , name]) =>
  [false, true].map((links) => [kind, links, name] as const),
);

test.runIf(hasCompiler).each(NEW_FILES)(
  '%s never replaces a file that appears in the last moment (hard links: %s)',
  async (kind, links, name) => {
    const given = await subject();
    const file = join(given.place, name);
    const env = { ...(links ? {} : { NO_LINKS: '1' }), FAILING_FILE: `/${name}` };
    if (links) {
      const said = run(kind, given, false, { ...env, APPEARING: 'precious' });
      expect(said).toMatch(/^FILE_UNWRITABLE .*EEXIST/);
      expect(await readFile(file, 'utf8')).toBe('precious');
      return;
    }
    expect(run(kind, given, false, env)).toBe('done');
    expect((await readFile(file)).length).toBeGreaterThan(0);
    expect((await readdir(given.place)).sort()).toEqual(['d0', name].sort());
    await writeFile(file, 'precious');
    expect(run(kind, given, false, env)).toMatch(/^FILE_UNWRITABLE/);
    expect(await readFile(file, 'utf8')).toBe('precious');
  },
);

test('a file gets a name that nothing has, and keeps its own if something has it', async () => {
  const directory = await temporaryDirectory();
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  await writeFile(from, 'new');
  await link(from, to);
  await expect(placeNew(from, to)).rejects.toMatchObject({ code: 'EEXIST' });
  expect((await readdir(directory)).sort()).toEqual(['from', 'to']);
  await placeNew(from, join(directory, 'other'));
  expect((await readdir(directory)).sort()).toEqual(['other', 'to']);
});
