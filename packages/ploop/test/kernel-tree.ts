import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { temporaryDirectory } from '@ploop/test-kit';

import type { Roots } from '../src/index.ts';

/** Files by path: `sys/block/ploop0/dev` → text. */
export type Tree = Readonly<Record<string, string>>;

/** A machine as its kernel shows it, in a directory of its own. */
export interface Kernel {
  readonly roots: Roots;
  readonly write: (tree: Tree) => Promise<void>;
}

/** A kernel without devices, and whatever is in the tree. */
export async function kernel(tree: Tree = {}): Promise<Kernel> {
  const root = await temporaryDirectory('ploop-kernel-');
  const roots = {
    sys: join(root, 'sys'),
    proc: join(root, 'proc'),
    dev: join(root, 'dev'),
    run: join(root, 'run'),
  };
  const write = async (files: Tree): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
  };
  await mkdir(join(roots.sys, 'block', 'sda'), { recursive: true });
  await write({ 'proc/self/mountinfo': mountinfo([]), ...tree });
  return { roots, write };
}

/** What a device of the block driver shows: by default a running one of 64 MiB. */
export interface BlockDeviceFields {
  readonly minor?: number;
  readonly images?: readonly string[];
  readonly cookie?: string;
  readonly running?: number;
  readonly top?: number;
  readonly sectors?: number;
  readonly version?: number;
  readonly partition?: boolean;
  /** Text of `image_info`, which only kernels of release 7 have. */
  readonly inode?: string;
}

/** A device of the block driver. */
export function blockDeviceTree({
  minor = 0,
  images = [],
  cookie = '',
  running = 1,
  top = images.length - 1,
  sectors = 131072,
  version = 2,
  partition = false,
  inode,
}: BlockDeviceFields): Tree {
  const name = `ploop${String(minor)}`;
  const at = `sys/block/${name}`;
  return {
    'sys/module/ploop/parameters/large_disk_support': '1\n',
    [`${at}/dev`]: `182:${String(minor * 16)}\n`,
    [`${at}/size`]: `${String(sectors)}\n`,
    [`${at}/ro`]: '0\n',
    [`${at}/pstate/cookie`]: `${cookie}\n`,
    [`${at}/pstate/running`]: `${String(running)}\n`,
    [`${at}/pstate/top`]: `${String(top)}\n`,
    [`${at}/pstate/block_size`]: '2048\n',
    [`${at}/pstate/fmt_version`]: `${String(version)}\n`,
    ...Object.fromEntries(
      images.map((image, level) => [`${at}/pdelta/${String(level)}/image`, `${image}\n`]),
    ),
    ...(inode !== undefined && { [`${at}/pdelta/0/image_info`]: inode }),
    ...(partition && { [`${at}/${name}p1/dev`]: `182:${String(minor * 16 + 1)}\n` }),
  };
}

/** A device of device-mapper. */
export function mappedDeviceTree({
  minor = 3,
  name = 'ploop12345',
  sectors = 131072,
  holders = [] as readonly string[],
}): Tree {
  const at = `sys/block/dm-${String(minor)}`;
  return {
    [`${at}/dev`]: `253:${String(minor)}\n`,
    [`${at}/size`]: `${String(sectors)}\n`,
    [`${at}/ro`]: '0\n',
    [`${at}/dm/name`]: `${name}\n`,
    [`${at}/dm/suspended`]: '0\n',
    ...Object.fromEntries(holders.map((holder) => [`${at}/holders/${holder}/dev`, 'x'])),
  };
}

/** Lines of mountinfo below a root file system: [number, root, mount point, source], each on the root. */
export function mountinfo(
  mounts: readonly (readonly [
    number: string,
    root: string,
    mountPoint: string,
    source: string,
    parent?: number,
  ])[],
): string {
  const lines = mounts.map(
    ([number, root, mountPoint, source, parent = 1], index) =>
      `${String(index + 10)} ${String(parent)} ${number} ${root} ${mountPoint} rw,relatime shared:5 - ext4 ${source} rw`,
  );
  return ['1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw', ...lines, ''].join('\n');
}
