import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { createDisk } from 'ploop';
import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { playLive } from '../src/demo/live.ts';
import { playRecorded, RECORDED, recordedStep } from '../src/demo/recorded.ts';
import { story } from '../src/demo/story.ts';
import { main as doctor } from '../src/doctor.ts';
import { main as goBack } from '../src/go-back.ts';
import { main as host } from '../src/host.ts';
import { main as overview } from '../src/overview.ts';
import { main as quickStart } from '../src/quick-start.ts';
import { main as watch } from '../src/watch.ts';

const collect = (): { lines: string[]; print: (line: string) => void } => {
  const lines: string[] = [];
  return { lines, print: (line) => lines.push(stripVTControlCharacters(line)) };
};
/** Names of deltas and what stands beside them differ from run to run. */
const comparable = (lines: readonly string[]): readonly string[] =>
  lines.map((line) =>
    line.replace(/root\.hdd\.\{[0-9a-f-]+\}/, 'root.hdd.{…}').replace(/ {2}\S* ?(✓|✗|\().*/, ''),
  );

test('the recorded story is complete', async () => {
  const { lines, print } = collect();
  await playRecorded(print);
  expect(lines.filter((line) => /^\d\./.test(line))).toHaveLength(story.length);
  expect(lines.at(-1)).toMatch(/writes go to root\.hdd\.\{.*\} {2}\(recorded\)/);
  for (const index of story.keys())
    expect(
      await readFile(join(recordedStep(RECORDED, index), 'DiskDescriptor.xml'), 'utf8'),
    ).toContain('<Parallels_disk_image>');
});

test('the devices of this machine', async () => {
  for (const line of await host()) expect(line).toMatch(/^\/dev\//);
});

describe.skipIf(!hasTool)('with the real tool', () => {
  test('the live story is the recorded one, and the tool agrees at every step', async () => {
    const live = collect();
    const record = await temporaryDirectory();
    expect(await playLive({ print: live.print, record })).toBe(true);
    expect(live.lines.filter((line) => line.includes('✓'))).toHaveLength(story.length);
    const recorded = collect();
    await playRecorded(recorded.print);
    expect(comparable(live.lines)).toEqual(comparable(recorded.lines));
    const again = collect();
    await playRecorded(again.print, record);
    expect(again.lines).toHaveLength(live.lines.length);
  });

  test('quick start', async () => {
    const files = await quickStart(await temporaryDirectory());
    expect(files.map((file) => basename(file))).toEqual(['root.hdd']);
  });

  test('overview', async () => {
    const directory = await temporaryDirectory();
    await quickStart(directory);
    const [size, snapshots, ...rest] = await overview(directory);
    expect(size).toBe('67108864 bytes in clusters of 1048576, format version 1');
    expect(snapshots).toMatch(/^1 snapshots, written to .*root\.hdd\.\{/);
    expect(rest).toEqual(['not mounted', 'no file system that could be read without mounting it']);
  });

  test('doctor', async () => {
    const directory = await temporaryDirectory();
    await quickStart(directory);
    const lines = await doctor(directory);
    expect(lines).toContain('✓ DISK: a disk of 2 images in its chain');
    expect(lines).toContain('✓ LOCK_FREE: nobody holds the lock of the disk');
    expect(lines[0]).toMatch(/^✓ TOOL: ploop, release /);
  });

  test('going back, and watching it', async () => {
    const path = join(await temporaryDirectory(), 'root.hdd');
    const disk = await createDisk({ path, size: 2 ** 24, fileSystem: 'none' });
    const { guid } = await disk.snapshot();
    const watching = watch(disk.descriptorPath);
    const oldTop = await goBack(disk.descriptorPath, guid);
    expect(await disk.snapshots()).toMatchObject([{ guid }, { guid: oldTop }, { current: true }]);
    // What is done before the watch begins is not told.
    const late = disk.switchSnapshot(oldTop ?? '');
    expect((await watching).at(-1)).toBe('switched');
    await late;
  });
});
