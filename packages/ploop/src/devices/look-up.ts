import { resolve } from 'node:path';

import type { Steps } from '@ploop/descriptor/internal';
import { deviceNumber, realPath, status } from '@ploop/descriptor/node/internal';

import { isGoing, unreadable } from '../io/failure.ts';
import type { Roots } from '../io/roots.ts';
import type { Device } from './device.ts';

/** The device that is mounted at a path. Of several mounted over each other, the one that can be seen. */
export function* findByMountPoint(
  path: string,
  devices: Steps<readonly Device[]>,
): Steps<Device | undefined> {
  const real = (yield* orGone(path, realPath(path))) ?? resolve(path);
  const all = yield* devices;
  return all.find(({ mountPoints }) =>
    mountPoints.some((one) => one.path === real && !one.hidden && one.pid === undefined),
  );
}

/** The device that a node is of. */
export function* findByNode(
  node: string,
  { dev }: Roots,
  devices: Steps<readonly Device[]>,
): Steps<Device | undefined> {
  const all = yield* devices;
  const byName = all.find(({ layers }) => layers.some((layer) => layer.node === node));
  if (byName !== undefined) return byName;
  const path = node.startsWith('/dev/') ? `${dev}${node.slice('/dev'.length)}` : resolve(node);
  const stats = yield* orGone(path, status(path));
  if (stats?.isBlockDevice() !== true) return undefined;
  const number = deviceNumber(stats.rdev);
  return all.find(({ layers }) => layers.some((layer) => layer.number === number));
}

function* orGone<Result>(path: string, steps: Steps<Result>): Steps<Result | undefined> {
  try {
    return yield* steps;
  } catch (cause) {
    if (isGoing(cause)) return undefined;
    throw unreadable(path, cause);
  }
}
