import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';

import { imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

import { main } from '../src/main.ts';
import { writeTestDisk } from './test-disk.ts';

const SCHEMAS = join(import.meta.dirname, '..', 'schemas');
const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
const validators = new Map(
  readdirSync(SCHEMAS).map((file) => {
    const schema = JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as object;
    return [file.replace(/\.json$/, ''), ajv.compile(schema)];
  }),
);

/** Every member of a value must be in its schema, though later versions may add members. */
function faults(name: string, text: string): unknown {
  const validate = validators.get(name);
  if (validate === undefined) return `no schema ${name}`;
  return validate(JSON.parse(text)) ? [] : validate.errors;
}

async function places(): Promise<
  Readonly<Record<'whole' | 'broken' | 'lost' | 'area' | 'none', string>>
> {
  const area = await temporaryDirectory();
  const whole = await writeTestDisk(join(area, 'root.hdd'));
  const guid = '{11111111-0000-4000-8000-000000000000}';
  await writeFile(
    join(area, 'Snapshots.xml'),
    `<ParallelsSavedStates><SavedStateItem guid="${guid}" current="yes"><Name>a</Name></SavedStateItem></ParallelsSavedStates>`,
  );
  const root = await temporaryDirectory();
  const broken = await writeTestDisk(join(root, 'broken'));
  await rm(join(broken, 'd3'));
  const lost = join(root, 'lost');
  await mkdir(lost);
  for (const name of ['root.hdd', `root.hdd.${guid}`])
    await writeFile(join(lost, name), imageBytes({ clusters: 8 }, [1]));
  return { whole, broken, lost, area, none: join(root, 'none') };
}

test('what commands print is as their schemas say, whole, broken or wrong', async () => {
  const { whole, broken, lost, area, none } = await places();
  const calls: readonly (readonly [schema: string, ...argv: string[]])[] = [
    ...['show', 'tree', 'top', 'images', 'partitions', 'check', 'space', 'map', 'qemu'].flatMap(
      (name) => [whole, area, broken, none].map((path) => [name, name, path] as const),
    ),
    ['check', 'check', '--deep', whole, broken],
    ['space', 'space', whole, none],
    ['diff', 'diff', whole, 'base', 'top'],
    ['diff', 'diff', broken, 'base', 'nope'],
    ...['snapshot', 'switch', 'delete', 'merge'].flatMap((change) =>
      [whole, broken].map(
        (path) =>
          ['plan', 'plan', change, path, ...(change === 'snapshot' ? [] : ['3333'])] as const,
      ),
    ),
    ['plan', 'plan', 'merge', whole, '--all'],
    ['scan', 'scan', join(whole, '..')],
    ['scan', 'scan', none],
    ['recover', 'recover', lost],
    ['recover', 'recover', none],
    ...[
      ['create', whole, join(none, '..', 'repo')],
      ['create', whole, join(none, '..', 'repo'), '--snapshot', 'top'],
      ['list', join(none, '..', 'repo')],
      ['verify', join(none, '..', 'repo')],
      ['restore', join(none, '..', 'repo'), '20', join(none, '..', 'restored')],
      ['list', whole],
    ].map((argv) => ['backup', 'backup', ...argv] as const),
    ['explain', 'explain'],
    ['explain', 'explain', 'DELTA_MISSING'],
    ['explain', 'explain', 'NOPE'],
    ...[...validators.keys()]
      .filter((name) => name !== 'scan-line')
      .map((name) => [name, name, '--nope'] as const),
  ];
  for (const [schema, ...argv] of calls) {
    const { stdout } = await main([...argv, '--json']);
    expect(faults(schema, stdout), argv.join(' ')).toEqual([]);
  }
  const stdout = new PassThrough();
  await main(['scan', '--jsonl', whole], { stdout, stderr: new PassThrough() });
  expect(faults('scan-line', String(stdout.read()))).toEqual([]);
  const stop = new AbortController();
  const served = new PassThrough();
  served.once('data', (chunk) => {
    expect(faults('nbd', String(chunk))).toEqual([]);
    stop.abort();
  });
  const surroundings = { stdout: served, stderr: new PassThrough(), stopSignal: () => stop.signal };
  await main(['nbd', whole, '--port', '0', '--json'], surroundings);
  expect(stop.signal.aborted).toBe(true);
});

test('a schema refuses what lacks a member', () => {
  for (const [name, validate] of validators) expect(validate({}), name).toBe(false);
});
