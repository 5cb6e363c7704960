import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import * as api from '../src/index.ts';

/** The exported names of goploop and goploop-cli, fields and methods included. */
const GO = `
Open Close Create CreateParam CreateParam.Size CreateParam.Mode CreateParam.File CreateParam.CLog CreateParam.Flags
CreateFlags NoLazy ImageMode ImageMode.String Expanded Preallocated Raw ParseImageMode Ploop Mount MountParam
MountParam.UUID MountParam.Target MountParam.Flags MountParam.Data MountParam.Readonly MountParam.Fsck MountParam.Quota
Umount UmountByDevice UmountByMount Resize Snapshot SwitchSnapshot SwitchSnapshotExtended SwitchFlag SkipDestroy
SkipCreate DeleteSnapshot Replace ReplaceParam ReplaceParam.File ReplaceParam.UUID ReplaceParam.CurFile
ReplaceParam.Level ReplaceParam.Flags ReplaceFlag KeepName IsMounted FSInfo FSInfoData FSInfoData.BlockSize
FSInfoData.Blocks FSInfoData.BlocksFree FSInfoData.Inodes FSInfoData.InodesFree ImageInfo ImageInfoData
ImageInfoData.Blocks ImageInfoData.BlockSize ImageInfoData.Version TopDeltaFile UUID SetVerboseLevel SetLogFile
SetLogLevel NoConsole NoStdout Timestamps ShowCommands Err Err.Error IsError IsNotMounted ErrCodes E_*
`;

/** What `E_*` stands for, by number; the numbers that are missing are reserved. */
const E = `
1 CREAT 2 DEVICE 3 DEVIOC 4 OPEN 5 MALLOC 6 READ 7 WRITE 9 SYSFS 11 PLOOPFMT 12 SYS 13 PROTOCOL 14 LOOP 15 FSTAT
16 FSYNC 17 EBUSY 18 FLOCK 19 FTRUNCATE 20 FALLOCATE 21 MOUNT 22 UMOUNT 23 LOCK 24 MKFS 26 RESIZE_FS 27 MKDIR
28 RENAME 29 ABORT 30 RELOC 33 CHANGE_GPT 35 UNLINK 36 MKNOD 37 PLOOPINUSE 38 PARAM 39 DISKDESCR 40 DEV_NOT_MOUNTED
41 FSCK 43 NOSNAP
`;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const page = readFileSync(new URL('../../../docs/goploop.md', import.meta.url), 'utf8');
const section = (title: string): string => page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
/** [theirs, ours] of each row. */
const rows = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/^\| `([^`]+)` +\| (?:`([^`]+)`|—) +\|/gm)].map((row) => [
    row[1] ?? '',
    row[2] ?? '',
  ]);

/** All sources of the packages whose names `ploop` exports. */
const sources = ['../src', '../../runner/src'].flatMap((path) => {
  const directory = new URL(`${path}/`, import.meta.url);
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, directory), 'utf8'));
});
const index = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8');
const exported = new Set(index.match(/\b\w+\b(?=,\n| }|, )/g));

/** Whether the declaration of an exported type or class has a member. */
function hasMember(type: string, member: string): boolean {
  const start = new RegExp(`^export (?:interface|type|class) ${type}\\b`, 'm');
  return sources.some((text) => {
    const at = text.search(start);
    const declaration = at < 0 ? '' : text.slice(at).split(/\n(?=export |function |const )/)[0];
    return new RegExp(`\\b${member}\\??:`).test(declaration ?? '');
  });
}

test('the page has a row for each name of goploop, and no other', () => {
  const theirs = rows(section('goploop and goploop-cli')).map(([name]) => name);
  expect([...theirs].sort()).toEqual([...words(GO)].sort());
});

test('exit codes have the names and numbers of goploop', () => {
  const pairs = words(E);
  for (let at = 0; at < pairs.length; at += 2)
    expect(api.ExitCode).toHaveProperty(pairs[at + 1] ?? '', Number(pairs[at]));
});

test.each(['goploop and goploop-cli', 'libploop.h', 'The Python binding'])(
  'each name of ours is there: %s',
  async (title) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}]));
    const disk = await api.openDisk(directory);
    const runner = api.createRunner();
    const isThere = (name: string): boolean => {
      const [owner = '', member = ''] = name.split('.');
      if (member === '') return owner in api || exported.has(owner);
      if (member === '[Symbol') return Symbol.asyncDispose in disk;
      if (owner === 'disk') return member in disk;
      if (owner === 'runner') return member in runner;
      return exported.has(owner) && (member === 'message' || hasMember(owner, member));
    };
    const ours = rows(section(title));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter(([, name]) => name !== '' && !isThere(name))).toEqual([]);
  },
);
