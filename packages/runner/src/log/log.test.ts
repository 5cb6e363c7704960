import { readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { createLogFile, lineOf } from './log-file.ts';
import { logRun, toolLevel, type LogEntry, type LogLevel } from './log.ts';

const argv = ['ploop', '-v3', 'snapshot', '/p/a b/DiskDescriptor.xml'];

function told(level: LogLevel, output: string, isData = false): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  const log = logRun([{ level, write: (entry) => entries.push(entry) }], { argv, run: 7, isData });
  log.onOutput('stdout', Buffer.from(output));
  log.onOutput('stderr', Buffer.from('Error in f (g.c:1): no\n'));
  log.end();
  return entries;
}

// 1.15 at -v3.
const OUTPUT =
  'Opening delta /p/root.hdd\nAdding snapshot {5fbaabe3}\nRunning: mkfs -t ext4 \nStoring /p/D.xml.tmp\n';
const texts = (entries: readonly LogEntry[]): readonly string[] => entries.map(({ text }) => text);
const ERROR = 'Error in f (g.c:1): no';

test.each<[LogLevel, readonly string[]]>([
  [-2, []],
  [-1, [ERROR]],
  [0, ['Opening delta /p/root.hdd', 'Storing /p/D.xml.tmp', ERROR]],
  [1, ['Opening delta /p/root.hdd', 'Running: mkfs -t ext4 ', 'Storing /p/D.xml.tmp', ERROR]],
  [3, [...OUTPUT.trimEnd().split('\n'), ERROR]],
])('level %d', (level, expected) => {
  expect(texts(told(level, OUTPUT))).toEqual(expected);
});

test('from level 4 on lines say when, at 5 the command comes first, fit for a shell', () => {
  const [command, ...lines] = texts(told(5, OUTPUT));
  expect(command).toMatch(/^\[ \d\.\d{6}\] ploop -v3 snapshot '\/p\/a b\/DiskDescriptor.xml'$/);
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).toMatch(/^\[ +\d\.\d{6}\] \S/);
  expect(texts(told(4, OUTPUT))).toHaveLength(5);
});

test('data is not told, errors are', () => {
  expect(told(3, 'size:\t\t204800\n', true)).toMatchObject([
    { level: -1, source: 'stderr', text: ERROR, run: 7 },
  ]);
});

test('the tool is asked for as much as the most curious wants, and not to stamp its lines', () => {
  const sinks = (...levels: LogLevel[]) =>
    levels.map((level) => ({ level, write: (): void => undefined }));
  expect(toolLevel(sinks())).toBe(-1);
  expect(toolLevel(sinks(-2))).toBe(-1);
  expect(toolLevel(sinks(0, 1))).toBe(1);
  expect(toolLevel(sinks(5, 1))).toBe(3);
});

test('lines come one by one, however they are cut, and do nothing to a terminal', () => {
  const entries: LogEntry[] = [];
  const log = logRun([{ level: 3, write: (entry) => entries.push(entry) }], {
    argv,
    run: 1,
    isData: false,
  });
  for (const byte of Buffer.from('Storing /vz/é\u001b[2J\n10%\b\b\b20%\rdone'))
    log.onOutput('stdout', Buffer.from([byte]));
  log.onOutput('stderr', Buffer.alloc(200_000, 'x'));
  log.end();
  expect(texts(entries).slice(0, 2)).toEqual(['Storing /vz/é\\u001b[2J', '10%20%']);
  expect(texts(entries)).toContain('done');
  for (const { text } of entries) expect(text.length).toBeLessThanOrEqual(64 * 1024);
});

test('a log file is appended to, private, and may be rotated or removed', async () => {
  const path = join(await temporaryDirectory(), 'ploop.log');
  const { write } = createLogFile(path, 3);
  const entry = (text: string): LogEntry => ({
    time: new Date(),
    level: 0,
    source: 'stdout',
    text,
    run: 1,
  });
  write(entry('one'));
  renameSync(path, `${path}.1`);
  write(entry('two'));
  createLogFile(path, 3).write(entry('three'));
  expect(readFileSync(`${path}.1`, 'utf8')).toMatch(/^\S+ : one\n$/);
  expect(readFileSync(path, 'utf8')).toMatch(/^\S+ : two\n\S+ : three\n$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  rmSync(path);
  write(entry('four'));
  expect(readFileSync(path, 'utf8')).toMatch(/ : four\n$/);
});

test('a log file that cannot be written to is refused; one that becomes so is warned of once', async () => {
  const directory = await temporaryDirectory();
  expect(() => createLogFile(directory, 3)).toThrow(
    expect.objectContaining({ reason: 'OPTION_INVALID' }),
  );
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on('warning', listen);
  const path = join(directory, 'log');
  const { write } = createLogFile(path, 3);
  rmSync(path);
  await mkdir(path);
  const entry: LogEntry = { time: new Date(), level: 0, source: 'stdout', text: 'x', run: 1 };
  write(entry);
  write(entry);
  await new Promise(setImmediate);
  process.off('warning', listen);
  expect(warnings).toHaveLength(1);
});

test('a line has the local time and where that is', () => {
  const time = new Date('2026-11-22T08:46:30.500Z');
  const line = lineOf({ time, text: 'x' });
  const [, stamp = '', hours = '', minutes = ''] = /^(.*)([+-]\d\d)(\d\d) : x\n$/.exec(line) ?? [];
  expect(new Date(`${stamp}${hours}:${minutes}`)).toEqual(new Date('2026-11-22T08:46:30Z'));
});
