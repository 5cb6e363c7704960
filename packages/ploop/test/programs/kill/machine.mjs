// Machines with a driver, for the changes of disks that are mounted: a copy of the machine in KILL_WORLD for each run.
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { createRunner, openDisk } from '../../../dist/index.js';

const { KILL_WORLD: world, KILL_KERNEL: kernel } = process.env;

/** Whether there is a driver. */
export const hasDriver = world !== undefined && kernel !== undefined;

const RELEASE = { from: '1.15', to: '1.15' };

/** Where a machine is that a disk has for itself. */
export const machineOf = (directory) => `${directory}.machine`;

/** Makes the machine of a disk: a copy of that of its template, which holds the hidden file of its file system. */
export function makeMachine(directory, template) {
  const machine = machineOf(directory);
  const from = template === undefined ? undefined : machineOf(template);
  rmSync(machine, { recursive: true, force: true });
  cpSync(from !== undefined && existsSync(from) ? from : world, machine, {
    recursive: true,
    verbatimSymlinks: true,
  });
}

/** Options of `openDisk` for a disk on its machine; `killing` is what is loaded before the driver. */
export function onMachine(directory, killing = '') {
  const machine = machineOf(directory);
  const env = {
    LD_PRELOAD: [killing, kernel].filter(Boolean).join(':'),
    PLOOP_WORLD: machine,
    PLOOP_SKIP_EXT4_EXTENTS_CHECK: '1',
  };
  const [sys, proc, dev, run] = ['sys', 'proc', 'dev', 'run'].map((name) => join(machine, name));
  return { runner: createRunner({ release: RELEASE, env }), roots: { sys, proc, dev, run } };
}

/** Unmounts what a change left mounted, as an operator would; what is wrong with that, and with `leftBehind`. */
export async function settle(directory, leftBehind = []) {
  const failures = [];
  try {
    const disk = await openDisk(directory, onMachine(directory));
    const mounts = await disk.mounts();
    const devices = new Set(mounts.map(({ device }) => device));
    for (const named of leftBehind.flatMap((text) => text.match(/\/dev\/[^\s,]+/g) ?? []))
      if (!devices.has(named)) failures.push(`leftBehind names ${named}`);
    // A kernel does not let the directory of a mount be removed; the mounts of the stand-in are only noted.
    for (const { mountPoint } of mounts)
      if (mountPoint !== undefined) mkdirSync(mountPoint, { recursive: true });
    for (const { component } of mounts) await disk.umount(component === '' ? {} : { component });
    const left = await disk.mounts();
    if (left.length > 0) failures.push(`${left[0].device} stays`);
  } catch (error) {
    failures.push(`cannot be unmounted: ${error.message}`);
  }
  return failures;
}
