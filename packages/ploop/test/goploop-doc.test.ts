import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import * as api from '../src/index.ts';

/** Of libploop-dev, without which there is no stand-in for the driver, and with CI=true no test. */
const HEADER = '/usr/include/ploop/libploop.h';

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

/** The functions of libploop.h. */
const LIBPLOOP = `
ploop_set_component_name ploop_get_top_delta_fname ploop_get_base_delta_fname ploop_get_base_delta_uuid
ploop_find_dev ploop_get_dev_by_mnt ploop_get_mnt_by_dev ploop_get_partition_by_mnt ploop_get_dev ploop_get_devs
ploop_free_array ploop_is_mounted ploop_create_image ploop_create_dd ploop_mount_image ploop_mount_snapshot
ploop_umount ploop_umount_image ploop_replace_image ploop_resize_image ploop_convert_image ploop_get_info_by_descr
ploop_get_spec ploop_get_max_size ploop_set_max_delta_size ploop_is_large_disk_supported ploop_create_snapshot
ploop_create_temporary_snapshot ploop_merge_snapshot ploop_switch_snapshot ploop_switch_snapshot_ex
ploop_delete_snapshot ploop_delete_top_delta ploop_find_top_delta_name_and_format ploop_find_parent_by_guid
ploop_uuid_generate ploop_discard ploop_discard_get_stat ploop_complete_running_operation ploop_copy_send
ploop_copy_receive ploop_send ploop_receive ploop_open_dd ploop_close_dd ploop_read_disk_descr
ploop_free_diskdescriptor ploop_store_diskdescriptor ploop_set_log_file ploop_set_log_level ploop_set_verbose_level
ploop_get_last_error ploop_cancel_operation
`;

/** Functions that later releases have besides, as far as is known. */
const LATER = `
ploop_get_part ploop_get_devname ploop_get_fs_info ploop_set_umount_timeout ploop_change_fmt_version
ploop_resize_blkdev ploop_init_image ploop_init_device ploop_read_dd ploop_make_dd_from_imgs
ploop_make_dd_from_device ploop_clone_dd ploop_set_encryption_keyid ploop_encrypt_image ploop_drop_cbt
ploop_copy_init ploop_copy_start ploop_copy_next_iteration ploop_copy_stop ploop_copy_deinit ploop_copy_receiver
ploop_image_defrag ploop_compact ploop_dm_message ploop_suspend_device ploop_resume_device ploop_tg_*
`;

/** The functions, classes and methods of the Python binding. */
const PYTHON = `
open_dd close_dd create_snapshot create_snapshot_offline delete_snapshot get_top_delta_fname copy_init copy_start
copy_next_iteration copy_stop copy_deinit start_receiver ploopcopy ploopcopy.copy_start
ploopcopy.copy_next_iteration ploopcopy.copy_stop ploopcopy_receiver ploopcopy_receiver.run ploopcopy_thr_receiver
snapshot snapshot.create snapshot.create_offline snapshot.delete snapshot.get_top_delta_fname
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

test.each([
  ['goploop and goploop-cli', GO],
  ['libploop.h', LIBPLOOP],
  ['libploop of later releases', LATER],
  ['The Python binding', PYTHON],
])('the page has a row for each name, and no other: %s', (title, names) => {
  const theirs = rows(section(title)).map(([name]) => name);
  expect([...theirs].sort()).toEqual([...words(names)].sort());
});

test('what is not ours has a reason', () => {
  const none = [...page.matchAll(/^\| `([^`]+)` +\| — +\| *(.*?) *\|$/gm)];
  expect(none.length).toBeGreaterThan(5);
  expect(none.filter(([, , reason]) => reason === '').map(([, name]) => name)).toEqual([]);
});

describe.skipIf(!existsSync(HEADER))('the header of libploop', () => {
  const header = existsSync(HEADER) ? readFileSync(HEADER, 'utf8') : '';

  test('declares the functions that the page has', () => {
    const declared = new Set(header.match(/\bploop_\w+(?= *\()/g));
    expect([...declared].sort()).toEqual([...words(LIBPLOOP)].sort());
  });

  test('numbers exit codes as we do', () => {
    const [, list = ''] = /enum\s*\{\s*(SYSEXIT_CREAT\b[^}]*)\}/.exec(header) ?? [];
    const names = [...list.matchAll(/\bSYSEXIT_(\w+)/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(30);
    for (const [index, name] of names.entries())
      if (!name.startsWith('RESERVED')) expect(api.ExitCode).toHaveProperty(name, index + 1);
  });
});

test('exit codes have the names and numbers of goploop', () => {
  const pairs = words(E);
  for (let at = 0; at < pairs.length; at += 2)
    expect(api.ExitCode).toHaveProperty(pairs[at + 1] ?? '', Number(pairs[at]));
});

test.each([
  'goploop and goploop-cli',
  'libploop.h',
  'libploop of later releases',
  'The Python binding',
])('each name of ours is there: %s', async (title) => {
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
});
