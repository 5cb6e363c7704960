import { bytes } from '@ploop/descriptor';
import { expect } from 'vitest';

import type { CommandName } from '../../src/index.ts';
import { fails, MIB, worksMounted, type Given, type RealCase } from './given.ts';

const dd = '/p/DiskDescriptor.xml';
const volume = '/v/a';
const source = { source: volume, target: '/v/b' };
const two = { one: '/p/a', other: '/p/b' };

async function mountedDisk({ runner, disk, mountPoint }: Given): Promise<{ descriptor: string }> {
  const { descriptor } = await disk(0, { size: bytes(400 * MIB), fileSystem: 'ext4' });
  await runner.mount({ descriptor, mountPoint: await mountPoint() });
  return { descriptor };
}

/** A balloon is in a mounted disk; without one each fails alike. */
function balloon(
  title: string,
  act: (given: Given, target: { descriptor: string }) => Promise<unknown>,
  expected: (told: unknown) => void,
): readonly RealCase[] {
  return [
    worksMounted(title, async (given) => {
      expected(await act(given, await mountedDisk(given)));
    }),
    fails('a disk that is not mounted', async (given) => {
      const { descriptor } = await given.disk();
      await expect(act(given, { descriptor })).rejects.toMatchObject({
        exitCode: 38,
        exitName: 'PARAM',
      });
    }),
  ];
}

/** A helper program of later releases: refused where the release is known, and the tool does not find it. */
function later(
  name: 'volume' | 'cbt',
  run: (given: Given) => Promise<unknown>,
): readonly RealCase[] {
  return [
    fails('release 1.15 does not have it', async (given) => {
      expect(given.tool(name, 'info', volume)).toMatchObject({ status: 38 });
      await expect(run(given)).rejects.toMatchObject({ reason: 'NOT_IN_RELEASE' });
    }),
  ];
}

const silent = (told: unknown): void => {
  expect(told).toBeUndefined();
};

export const helpers = {
  balloonShow: balloon(
    'its size',
    ({ runner }, target) => runner.balloonShow(target),
    (told) => {
      expect(told).toEqual({ size: 0 });
    },
  ),
  balloonStatus: balloon(
    'its state',
    ({ runner }, target) => runner.balloonStatus(target),
    (told) => {
      expect(told).toEqual({ state: 'OFF' });
    },
  ),
  balloonClear: balloon('clears', ({ runner }, target) => runner.balloonClear(target), silent),
  balloonChange: balloon(
    'makes it larger',
    async ({ runner }, target) => {
      await runner.balloonChange({ ...target, size: bytes(50 * MIB) });
      return runner.balloonShow(target);
    },
    (told) => {
      expect(told).toEqual({ size: 50 * MIB });
    },
  ),
  balloonComplete: balloon(
    'completes',
    ({ runner }, target) => runner.balloonComplete(target),
    silent,
  ),
  balloonCheck: balloon(
    'finds nothing',
    ({ runner }, target) => runner.balloonCheck(target),
    (told) => {
      expect(told).toEqual({ freeClusters: 0 });
    },
  ),
  balloonRepair: balloon('repairs', ({ runner }, target) => runner.balloonRepair(target), silent),
  balloonDiscard: balloon(
    'discards',
    ({ runner }, target) => runner.balloonDiscard(target),
    silent,
  ),
  balloonStat: balloon(
    'what there is',
    ({ runner }, target) => runner.balloonStat(target),
    (told) => {
      expect(told).toMatchObject({ balloon: 0, disk: 400 * MIB });
    },
  ),
  volumeCreate: later('volume', ({ known }) => known.volumeCreate({ volume, size: bytes(MIB) })),
  volumeClone: later('volume', ({ known }) => known.volumeClone(source)),
  volumeInfo: later('volume', ({ known }) => known.volumeInfo({ volume })),
  volumeSnapshot: later('volume', ({ known }) => known.volumeSnapshot(source)),
  volumeSwitch: later('volume', ({ known }) => known.volumeSwitch({ from: volume, to: '/v/b' })),
  volumeTree: later('volume', ({ known }) => known.volumeTree({ volume })),
  volumeDelete: later('volume', ({ known }) => known.volumeDelete({ volume })),
  cbtDump: later('cbt', ({ known }) => known.cbtDump({ descriptor: dd, target: '/p/x' })),
  cbtDrop: later('cbt', ({ known }) => known.cbtDrop({ descriptor: dd })),
  cbtShow: later('cbt', ({ known }) => known.cbtShow({ descriptor: dd })),
  cbtDiff: later('cbt', ({ known }) => known.cbtDiff(two)),
  cbtCmp: later('cbt', ({ known }) => known.cbtCmp(two)),
} satisfies Partial<Record<CommandName, readonly RealCase[]>>;
