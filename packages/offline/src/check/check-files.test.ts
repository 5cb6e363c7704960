import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';

import { formatDiagnostic, TOP_GUID } from '@ploop/descriptor';
import { loadDescriptor } from '@ploop/descriptor/node';
import { descriptorXml, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { checkFiles } from './check-files.ts';

const NAME = 'DiskDescriptor.xml';
const isRoot = process.getuid?.() === 0;
const IMAGE = Buffer.alloc(4096, 'WithouFreSpacExt', 'latin1');

/** A base, a side branch that the top does not need, and the top. */
const NODES = [{ file: 'base' }, { parent: 0, file: 'side' }, { parent: 0, file: 'top' }];

/** A disk in good order. */
async function disk(xml = descriptorXml(NODES)): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, NAME), xml);
  for (const { file } of NODES) await writeFile(join(directory, file), IMAGE);
  return directory;
}

/** What is found: code, severity, and the name of the file. */
async function check(directory: string): Promise<readonly (readonly unknown[])[]> {
  const findings = await checkFiles(await loadDescriptor(directory));
  for (const finding of findings) expect(formatDiagnostic(finding)).toContain(finding.code);
  return findings.map(({ code, severity, data }) => [
    code,
    severity,
    'file' in data ? basename(data.file) : undefined,
  ]);
}

test('a disk in good order has nothing to say about', async () => {
  const directory = await disk();
  await writeFile(join(directory, '.statfs'), Buffer.alloc(40));
  await writeFile(join(directory, 'large'), Buffer.alloc(8192));
  await symlink('nowhere', join(directory, 'base.tmp'));
  await mkdir(join(directory, 'children'));
  expect(await check(directory)).toEqual([]);
});

test.each<[string, 'file' | 'directory', string, string]>([
  [`${NAME}.tmp`, 'file', 'OPERATION_INTERRUPTED', 'warning'],
  [`${NAME}.tmp.tmp`, 'file', 'OPERATION_INTERRUPTED', 'warning'],
  [`${NAME}.vol.tmp`, 'file', 'OPERATION_INTERRUPTED', 'warning'],
  [`${NAME}.lck`, 'file', 'LOCK_FILE', 'info'],
  ['base.mnt', 'directory', 'MOUNT_POINT_LEFT', 'info'],
  ['side.idx', 'file', 'CONVERSION_INTERRUPTED', 'warning'],
  ['top.tmp', 'file', 'RAW_CONVERSION_INTERRUPTED', 'warning'],
  [`${NAME}.Backup`, 'file', 'BACKUP_LEFT', 'info'],
  ['.ploop-new-AbCdEf', 'directory', 'CREATION_INTERRUPTED', 'warning'],
  ['.ploop-save-0123456789abcdef', 'file', 'SAVE_INTERRUPTED', 'warning'],
  [`${NAME}.restore`, 'file', 'SAVE_INTERRUPTED', 'warning'],
  ['.ploop-replace-0b6f', 'file', 'REPLACE_INTERRUPTED', 'warning'],
  [`base.${testGuid(9)}`, 'file', 'DELTA_ORPHANED', 'warning'],
  [`base.${testGuid(10).toUpperCase()}`, 'file', 'DELTA_ORPHANED', 'warning'],
])('%s, a %s, is %s', async (name, kind, code, severity) => {
  const directory = await disk();
  const path = join(directory, name);
  await (kind === 'file' ? writeFile(path, '') : mkdir(path));
  expect(await check(directory)).toEqual([[code, severity, name]]);
  await rm(path, { recursive: true });
  await (kind === 'file' ? mkdir(path) : writeFile(path, ''));
  expect(await check(directory)).toEqual([]);
});

test.each(['base', 'top'])('%s is missing, and the top needs it', async (name) => {
  const directory = await disk();
  await unlink(join(directory, name));
  expect(await check(directory)).toEqual([['DELTA_MISSING', 'error', name]]);
});

test('what the top does not need is missing', async () => {
  const directory = await disk();
  await unlink(join(directory, 'side'));
  expect(await check(directory)).toEqual([['SPARE_DELTA_MISSING', 'warning', 'side']]);
});

test.each<[string, (path: string) => unknown]>([
  ['a directory', (path) => mkdir(path)],
  ['a pipe', (path) => execFileSync('mkfifo', [path])],
  ['a symlink to itself', (path) => symlink('top', path)],
])('in the place of an image is %s', async (_name, make) => {
  const directory = await disk();
  await unlink(join(directory, 'top'));
  await make(join(directory, 'top'));
  expect(await check(directory)).toEqual([['DELTA_UNREADABLE', 'error', 'top']]);
});

test.runIf(isRoot)('an image, or the directory, that may not be read', async () => {
  const directory = await disk();
  const loaded = await loadDescriptor(directory);
  await chmod(join(directory, 'side'), 0o600);
  await chmod(directory, 0o711);
  process.seteuid?.(1000);
  onTestFinished(() => process.seteuid?.(0));
  expect(await checkFiles(loaded)).toMatchObject([
    { code: 'DELTA_UNREADABLE', data: { guid: testGuid(1) } },
    { code: 'FILE_UNREADABLE', data: { file: directory } },
  ]);
});

test('a delta that is known by its content, with its size', async () => {
  const directory = await disk();
  await writeFile(join(directory, 'root.hdd.0.hds'), Buffer.concat([IMAGE, IMAGE]));
  expect(await checkFiles(await loadDescriptor(directory))).toMatchObject([
    { code: 'DELTA_ORPHANED', data: { file: join(directory, 'root.hdd.0.hds'), bytes: 8192 } },
  ]);
});

test('another name of an image is not an orphan', async () => {
  const directory = await disk();
  await link(join(directory, 'base'), join(directory, `base.${testGuid(9)}`));
  await symlink('base', join(directory, `base.${testGuid(10)}`));
  expect(await check(directory)).toEqual([['IMAGE_LINKED', 'warning', 'base']]);
});

test('nothing is nobody\u2019s beside a descriptor that is refused', async () => {
  const directory = await disk('<a/>');
  await writeFile(join(directory, `${NAME}.tmp`), '');
  expect(await check(directory)).toEqual([['OPERATION_INTERRUPTED', 'warning', `${NAME}.tmp`]]);
});

test.each<[string, (directory: string) => Promise<void>, string]>([
  ['a symlink', (directory) => symlink('base', join(directory, 'other')), 'other'],
  ['a hard link', (directory) => link(join(directory, 'base'), join(directory, 'other')), 'other'],
  ['a way through a directory', (directory) => mkdir(join(directory, 'd')), 'd/../base'],
])('two images are one file by %s', async (_name, make, file) => {
  const directory = await disk(descriptorXml([{ file: 'base' }, { parent: 0, file }]));
  for (const name of ['side', 'top']) await unlink(join(directory, name));
  await make(directory);
  const loaded = await loadDescriptor(directory);
  expect(await checkFiles(loaded, { confine: join(directory, '..') })).toMatchObject([
    {
      code: 'DELTA_SHARED',
      severity: 'error',
      data: { guid: TOP_GUID, other: testGuid(0), otherFile: join(directory, 'base') },
    },
  ]);
});

test('an image that another disk uses as well, with the names that are near', async () => {
  const root = await temporaryDirectory();
  const [parent, child] = [join(root, 'parent'), join(root, 'child')];
  for (const directory of [parent, child]) await mkdir(directory);
  await writeFile(join(parent, NAME), descriptorXml([{ file: 'root.hdd' }]));
  await writeFile(join(parent, 'root.hdd'), IMAGE);
  expect(await check(parent)).toEqual([]);
  await link(join(parent, 'root.hdd'), join(child, 'root.hdd'));
  await link(join(parent, 'root.hdd'), join(parent, 'beside'));
  expect(await checkFiles(await loadDescriptor(parent))).toMatchObject([
    {
      code: 'IMAGE_LINKED',
      severity: 'warning',
      data: {
        file: join(parent, 'root.hdd'),
        links: 3,
        others: [join(child, 'root.hdd'), join(parent, 'beside')],
      },
    },
  ]);
});

test('two images of one spelling are a matter of the descriptor', async () => {
  const directory = await disk(descriptorXml([{ file: 'top' }, { parent: 0, file: './/top' }]));
  for (const name of ['side', 'base']) await unlink(join(directory, name));
  expect(await check(directory)).toEqual([]);
});

test('an image outside of the directory, but not one in a subdirectory', async () => {
  const elsewhere = await disk();
  const directory = await disk(
    descriptorXml([
      { file: join(elsewhere, 'base') },
      { parent: 0, file: 'side' },
      { parent: 1, file: 'sub/top' },
    ]),
  );
  await mkdir(join(directory, 'sub'));
  await rename(join(directory, 'top'), join(directory, 'sub/top'));
  const loaded = await loadDescriptor(directory);
  const [guid, file, here] = [testGuid(0), join(elsewhere, 'base'), join(directory, 'base')];
  expect(await checkFiles(loaded)).toMatchObject([
    { code: 'DELTA_OUTSIDE', severity: 'error', data: { guid, file, within: directory, here } },
  ]);
  expect(await checkFiles(loaded, { confine: false })).toMatchObject([
    { code: 'COPY_LEADS_BACK', severity: 'warning', data: { guid, file, here } },
  ]);
  await unlink(here);
  expect(await check(directory)).toEqual([['DELTA_OUTSIDE', 'error', 'base']]);
  expect(await checkFiles(loaded, { confine: join(directory, '..') })).toMatchObject([
    { code: 'DELTA_ELSEWHERE', severity: 'info', data: { guid, file } },
  ]);
});

test.each([
  ['../', '', false],
  ['sub/../../', '', false],
  ['', 'link', true],
])('an image outside, below %j, is reached by a symlink %j: %s', async (up, link, isLink) => {
  const elsewhere = await temporaryDirectory();
  const name = `${up}${link || basename(elsewhere)}/base`;
  const directory = await disk(descriptorXml([{ file: name }, ...NODES.slice(1)]));
  await mkdir(join(directory, 'sub'));
  await writeFile(join(elsewhere, 'base'), IMAGE);
  await symlink(elsewhere, join(directory, 'link'));
  const [finding] = await checkFiles(await loadDescriptor(directory));
  expect(finding?.code).toBe('DELTA_OUTSIDE');
  expect(Object.hasOwn(finding?.data ?? {}, 'leadsTo')).toBe(isLink);
});

test('an image that is a symlink accounts for both of its names', async () => {
  const directory = await disk();
  await rename(join(directory, 'top'), join(directory, `x.${testGuid(9)}`));
  await symlink(`x.${testGuid(9)}`, join(directory, 'top'));
  expect(await check(directory)).toEqual([]);
});

test('a change meanwhile is said, as the findings may come from it', async () => {
  const directory = await disk();
  const loaded = await loadDescriptor(directory);
  const path = join(directory, NAME);
  await writeFile(join(directory, 'new'), await readFile(path));
  await rename(join(directory, 'new'), path);
  expect(await checkFiles(loaded)).toMatchObject([{ code: 'DESCRIPTOR_CHANGED' }]);
  await rm(directory, { recursive: true });
  expect((await checkFiles(loaded)).map(({ code }) => code)).toEqual([
    'DELTA_MISSING',
    'SPARE_DELTA_MISSING',
    'DELTA_MISSING',
    'FILE_UNREADABLE',
    'DESCRIPTOR_CHANGED',
  ]);
});

test('an abort ends it with its reason', async () => {
  const loaded = await loadDescriptor(await disk());
  const reason = new Error('enough');
  await expect(checkFiles(loaded, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const checking = checkFiles(loaded, { signal: controller.signal });
  controller.abort(reason);
  await expect(checking).rejects.toBe(reason);
});

test('findings are in the order of the names, many or few', async () => {
  const directory = await disk();
  const names = Array.from({ length: 3_000 }, (_, index) => `base.${testGuid(index + 100)}`);
  for (const name of names) await writeFile(join(directory, name), '');
  expect((await check(directory)).map(([, , name]) => name)).toEqual(names);
});

test('an image whose name is not UTF-8 is reported with an escaped name', async () => {
  const directory = await disk();
  const bytesOf = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, 'latin1')]);
  await writeFile(bytesOf('old \xf1tate'), IMAGE);
  await writeFile(bytesOf(`base.${testGuid(9)}\xff`), 'no delta by its name');
  await writeFile(bytesOf(`b\xff.${testGuid(9)}`), '');
  await writeFile(bytesOf('note\xff'), 'a note');
  await symlink('/dev/zero', bytesOf('link\xff'));
  await mkdir(bytesOf('directory\xff'));
  // The name that Node would make of the first one.
  await writeFile(join(directory, 'old \uFFFDtate'), 'a note');
  expect(await check(directory)).toEqual([
    ['DELTA_ORPHANED', 'warning', `b\\xff.${testGuid(9)}`],
    ['DELTA_ORPHANED', 'warning', 'old \\xf1tate'],
  ]);
});
