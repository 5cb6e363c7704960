import { BANDS, compareVersions, isOneOf, OPTIONS, type Version } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { RECORDED, recordedExec } from '../../test/recorded/usages.ts';
import { createRunner } from '../runner.ts';
import { MARKS } from './marks.ts';
import { probeRelease } from './probe.ts';

/** Releases between which nothing differs but the line numbers of error messages. */
const ALIKE = [
  '1.5 1.7.1 1.8 1.9 1.10',
  '1.13 1.13.2',
  '7.0.43 7.0.48',
  '7.0.49 7.0.52',
  '7.0.104 7.0.120',
  '8.0.30 8.0.58',
  '8.0.99 9.0.1 9.0.2 9.0.4',
  '9.0.8 9.0.11',
  '9.0.28 9.0.30',
].map((text) => text.split(' '));

/** Where behaviour changes between releases that no text tells apart. */
const CHANGES: Readonly<Record<string, readonly Version[]>> = {
  '1.13': ['1.13.1'],
  '7.0.159': ['7.0.165'],
  '8.0.98': ['9.0.4'],
};

const driven = RECORDED.filter((release) => compareVersions(release, '1.11') >= 0);

const probe = (exec: ReturnType<typeof recordedExec>) =>
  probeRelease((argv) => exec({ file: 'ploop', argv, env: {} }));

test.each(RECORDED)('%s is found, and taken for no other', async (release) => {
  const exec = recordedExec(release);
  const found = await probe(exec);
  const { from = '99', to = '99' } = found ?? {};
  const inside = RECORDED.filter(
    (one) => compareVersions(one, from) >= 0 && compareVersions(one, to) <= 0,
  );
  expect(inside).toEqual(ALIKE.find((releases) => releases.includes(release)) ?? [release]);
  expect(exec.asked.length).toBeLessThan(16);
});

test.each(driven)('%s is found among releases that behave alike', async (release) => {
  const { from = '99', to = '99' } = (await probe(recordedExec(release))) ?? {};
  const changes = BANDS.map(({ since }) => since).filter(
    (since) => compareVersions(since, from) > 0 && compareVersions(since, to) <= 0,
  );
  expect(changes).toEqual(CHANGES[from] ?? []);
});

test.each(MARKS.map((mark, index) => [mark.question || 'ploop', index] as const))(
  'what %s shows, mark %i, is what its releases print',
  async (_question, index) => {
    const mark = MARKS[index];
    if (mark === undefined) return;
    for (const release of driven) {
      const argv = mark.question === '' ? [] : mark.question.split(' ');
      const { exitCode, stderr } = await recordedExec(release)({ file: 'ploop', argv, env: {} });
      const isShown = mark.shows({ exitCode, stderr: stderr.text });
      if (isShown !== undefined)
        expect([release, isShown]).toEqual([release, isOneOf(release, mark.releases)]);
    }
  },
);

test.each(
  Object.entries(OPTIONS).flatMap(([subcommand, options]) =>
    Object.entries(options).map(([option, releases]) => [subcommand, option, releases] as const),
  ),
)('ploop %s knows %s in the releases of its row', async (subcommand, option, releases) => {
  for (const release of driven) {
    const argv = [...subcommand.split(' '), option];
    const { stderr } = await recordedExec(release)({ file: 'ploop', argv, env: {} });
    const isKnown = !/(?:invalid|unrecognized) option|^ +ploop umount \{/m.test(stderr.text);
    expect([release, isKnown]).toEqual([release, isOneOf(release, releases)]);
  }
});

test('another program has no release', async () => {
  const silent = recordedExec('1.15');
  expect(await probeRelease(() => silent({ file: '', argv: ['-h'], env: {} }))).toBeDefined();
  const stderr = { text: 'Usage: ploop [OPTION]... encrypt\n', droppedBytes: 0 };
  const other = { cancelled: false, timedOut: false, exitCode: 38, stdout: stderr, stderr };
  expect(await probeRelease(() => Promise.resolve(other))).toBeUndefined();
});

test.each(RECORDED.filter((release) => !driven.includes(release)))(
  'NOT_IN_RELEASE: %s cannot be driven',
  async (release) => {
    const recorded = recordedExec(release);
    const exec = Object.assign(
      (request: Parameters<typeof recorded>[0]) =>
        recorded(request.argv[0]?.startsWith('-v') === true ? { ...request, argv: [] } : request),
      {},
    );
    const runner = createRunner({ exec });
    const refused = { code: 'REFUSED', reason: 'NOT_IN_RELEASE' };
    const descriptor = '/p/DiskDescriptor.xml';
    await expect(runner.list({})).rejects.toMatchObject(refused);
    await expect(runner.info({ descriptor })).rejects.toMatchObject(refused);
    await expect(runner.snapshotList({ descriptor })).rejects.toMatchObject(refused);
    await expect(runner.check({ descriptor })).rejects.toMatchObject(refused);
    await expect(runner.list({})).rejects.toMatchObject(refused);
  },
);
