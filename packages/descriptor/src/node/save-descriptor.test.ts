import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, onTestFinished, test } from 'vitest';

import { DescriptorError } from '../errors.ts';
import { loadDescriptor, type LoadedDescriptor } from './load-descriptor.ts';
import { saveDescriptor, saveDescriptorSync, savedDescriptor } from './save-descriptor.ts';

const OLD = descriptorXml([{}]);
const NEW = descriptorXml([{}, { parent: 0 }]);
const NAME = 'DiskDescriptor.xml';
const isRoot = process.getuid?.() === 0;
const USER = 1000;

interface Subject {
  readonly directory: string;
  readonly path: string;
  readonly loaded: LoadedDescriptor;
}

async function disk(directory?: string): Promise<Subject> {
  const place = directory ?? (await temporaryDirectory());
  const path = join(place, NAME);
  await writeFile(path, OLD);
  return { directory: place, path, loaded: await loadDescriptor(path) };
}

/** What must hold after every refusal. */
async function expectUntouched({ directory, path }: Subject, content = OLD): Promise<void> {
  expect(await readFile(path, 'utf8')).toBe(content);
  expect(await readdir(directory)).toEqual([NAME]);
}

function asUser(): void {
  process.setegid?.(USER);
  process.seteuid?.(USER);
  onTestFinished(asRoot);
}

function asRoot(): void {
  process.seteuid?.(0);
  process.setegid?.(0);
}

test.each(['blocking', 'not blocking'])('the file has the new content, %s', async (form) => {
  const subject = await disk();
  const { path, loaded } = subject;
  const saved =
    form === 'blocking' ? saveDescriptorSync(loaded, NEW) : await saveDescriptor(loaded, NEW);
  await expectUntouched(subject, NEW);
  const expected = { ...(await loadDescriptor(path)), graph: expect.anything() as unknown };
  expect(saved).toMatchObject(expected);
  await saveDescriptor(saved, new TextEncoder().encode(OLD));
  await expectUntouched(subject, OLD);
});

test('a symlink stays, and what it points to is replaced', async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'real'));
  const subject = await disk(join(directory, 'real'));
  const link = join(directory, 'link.xml');
  await symlink(join('real', NAME), link);
  await saveDescriptor(await loadDescriptor(link), NEW);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  await expectUntouched(subject, NEW);
});

test('the mode is kept, whatever the umask', async () => {
  const { path } = await disk();
  await chmod(path, 0o666);
  await saveDescriptor(await loadDescriptor(path), NEW);
  expect((await stat(path)).mode & 0o7777).toBe(0o666);
});

test.runIf(isRoot)('the owner is kept', async () => {
  const { path } = await disk();
  await chown(path, USER, USER + 1);
  await saveDescriptor(await loadDescriptor(path), NEW);
  expect(await stat(path)).toMatchObject({ uid: USER, gid: USER + 1 });
});

test.each<[string, (subject: Subject) => Promise<void>, string]>([
  ['written to', ({ path }) => writeFile(path, NEW), NEW],
  ['written to, of the same size', ({ path }) => writeFile(path, OLD), OLD],
  [
    'replaced by one of the same size',
    async ({ path, directory }) => {
      await writeFile(join(directory, 'new'), OLD);
      await rename(join(directory, 'new'), path);
    },
    OLD,
  ],
  ['given another mode', ({ path }) => chmod(path, 0o600), OLD],
])('a file that was %s since is not replaced', async (_name, change, content) => {
  const subject = await disk();
  // Beyond the tick of the clock of the file system.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await change(subject);
  for (const force of [false, true])
    await expect(saveDescriptor(subject.loaded, NEW, { force })).rejects.toMatchObject({
      code: 'DESCRIPTOR_CHANGED',
    });
  await expectUntouched(subject, content);
});

test('a file that is gone, or has become a symlink, is not replaced', async () => {
  const { directory, path, loaded } = await disk();
  await rename(path, join(directory, 'elsewhere'));
  await expect(saveDescriptor(loaded, NEW)).rejects.toMatchObject({ code: 'DESCRIPTOR_CHANGED' });
  await symlink('elsewhere', path);
  await expect(saveDescriptor(loaded, NEW)).rejects.toMatchObject({ code: 'DESCRIPTOR_CHANGED' });
  expect(await readFile(join(directory, 'elsewhere'), 'utf8')).toBe(OLD);
  await rm(directory, { recursive: true });
  await expect(saveDescriptor(loaded, NEW)).rejects.toMatchObject({ code: 'DESCRIPTOR_CHANGED' });
});

test('of two that save at a time the later one is refused', async () => {
  const subject = await disk();
  const first = await saveDescriptor(subject.loaded, NEW);
  await expect(saveDescriptor(subject.loaded, NEW)).rejects.toMatchObject({
    code: 'DESCRIPTOR_CHANGED',
  });
  await saveDescriptor(first, OLD);
  await expectUntouched(subject, OLD);
});

test('many that save at a time leave one of the contents and no other file', async () => {
  const subject = await disk();
  const contents = Array.from({ length: 20 }, (_, index) =>
    descriptorXml([{ file: `d${String(index)}` }]),
  );
  const saves = contents.map((content) => saveDescriptor(subject.loaded, content));
  const outcomes = await Promise.allSettled(saves);
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(contents).toContain(await readFile(subject.path, 'utf8'));
  expect(await readdir(subject.directory)).toEqual([NAME]);
});

/** Saves step by step; `meddle` is called before each and says with which error it is to fail, if so. */
function saveWith(loaded: LoadedDescriptor, meddle: (step: number) => Error | undefined): number {
  const steps = savedDescriptor(loaded, NEW);
  let step = 0;
  for (let turn = steps.next(); turn.done !== true; step += 1) {
    const failure = meddle(step);
    if (failure !== undefined) {
      turn = steps.throw(failure);
      continue;
    }
    let result: unknown;
    try {
      result = turn.value.sync();
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(result);
  }
  return step;
}

test('at whatever step it fails, the error reports which content is there', async () => {
  const subject = await disk();
  const count = saveWith(subject.loaded, () => undefined);
  await expectUntouched(subject, NEW);
  const codes = new Set<unknown>();
  for (let at = 0; at < count; at += 1) {
    const { directory, path, loaded } = await disk(subject.directory);
    let code: unknown;
    try {
      saveWith(loaded, (step) => (step === at ? new Error('failed on purpose') : undefined));
    } catch (error) {
      code = error instanceof DescriptorError && error.code;
    }
    codes.add(code);
    await expectUntouched({ directory, path, loaded }, code === 'FILE_UNWRITABLE' ? OLD : NEW);
  }
  expect(codes).toEqual(new Set(['FILE_UNWRITABLE', 'FILE_NOT_SYNCED', undefined]));
});

test('what another program puts there meanwhile survives, except for one instant', async () => {
  const subject = await disk();
  const count = saveWith(subject.loaded, () => undefined);
  const OTHER = descriptorXml([{ file: 'other' }]);
  let lost = 0;
  for (let at = 0; at < count; at += 1) {
    const { directory, path, loaded } = await disk(subject.directory);
    try {
      saveWith(loaded, (step) => {
        if (step !== at) return undefined;
        writeFileSync(join(directory, 'theirs'), OTHER);
        renameSync(join(directory, 'theirs'), path);
        return undefined;
      });
    } catch (error) {
      expect(error).toMatchObject({ code: 'DESCRIPTOR_CHANGED' });
    }
    if ((await readFile(path, 'utf8')) !== OTHER) lost += 1;
    expect(await readdir(directory)).toEqual([NAME]);
  }
  expect(lost).toBe(1);
});

test.each<[string, string | Uint8Array, string]>([
  ['is not well-formed', '<a>', 'XML_SYNTAX'],
  ['the tool would refuse', OLD.replaceAll('GUID>{', 'GUID>'), 'GUID_INVALID'],
  ['has a declaration that is not true', OLD.replace('?>', ' encoding="UTF-16"?>'), 'ENCODING'],
])('a text that %s is written only by force', async (_name, text, code) => {
  const subject = await disk();
  await expect(saveDescriptor(subject.loaded, text)).rejects.toMatchObject({
    code: expect.stringContaining(code) as unknown,
  });
  await expectUntouched(subject);
  const saved = await saveDescriptor(subject.loaded, text, { force: true });
  expect(saved.accepted).toBe(false);
  expect(await readFile(subject.path, 'utf8')).toBe(text);
});

test('half a character cannot be written, not even by force', async () => {
  const subject = await disk();
  const text = OLD.replace('d0', '\uD800');
  await expect(saveDescriptor(subject.loaded, text, { force: true })).rejects.toMatchObject({
    code: 'ENCODING_INVALID',
  });
  await expectUntouched(subject);
});

test('what is checked is written, though the caller changes the bytes meanwhile', async () => {
  const { path, loaded } = await disk();
  const bytes = new TextEncoder().encode(NEW);
  const saving = saveDescriptor(loaded, bytes);
  bytes.fill(0);
  await saving;
  expect(await readFile(path, 'utf8')).toBe(NEW);
});

test.runIf(isRoot)('a directory that cannot be written to', async () => {
  const subject = await disk();
  await chmod(subject.directory, 0o755);
  asUser();
  await expect(saveDescriptor(subject.loaded, NEW)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    cause: { code: 'EACCES' },
  });
  asRoot();
  await expectUntouched(subject);
});

test.runIf(isRoot)('a file of somebody else is not taken from him', async () => {
  const subject = await disk();
  await chmod(subject.directory, 0o777);
  asUser();
  await expect(saveDescriptor(subject.loaded, NEW)).rejects.toMatchObject({
    code: 'OWNER_NOT_KEPT',
    diagnostics: [{ data: { file: subject.path, uid: 0, gid: 0 } }],
  });
  asRoot();
  await expectUntouched(subject);
});

test.runIf(isRoot)('a full disk', async (context) => {
  const directory = await temporaryDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'pipe' });
  } catch {
    context.skip('nothing can be mounted here');
  }
  onTestFinished(() => {
    execFileSync('umount', [directory]);
  });
  const subject = await disk(directory);
  const large = OLD.replace('</Parallels', `<!--${'x'.repeat(100_000)}--></Parallels`);
  await expect(saveDescriptor(subject.loaded, large)).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    cause: { code: 'ENOSPC' },
  });
  await expectUntouched(subject);
});
