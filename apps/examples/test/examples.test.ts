import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { hasTool, temporaryDirectory } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import { playLive } from '../src/demo/live.ts';
import { playRecorded, RECORDED, recordedStep } from '../src/demo/recorded.ts';
import { story } from '../src/demo/story.ts';
import { main as quickStart } from '../src/quick-start.ts';

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
});
