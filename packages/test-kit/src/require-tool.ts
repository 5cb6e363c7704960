import { chromiumProblem } from './chromium.ts';
import { loopProblem } from './loop.ts';
import { libnbdProblem } from './nbd.ts';
import { compilerProblem } from './preloads.ts';
import { diskProgramsProblem } from './programs.ts';
import { qemuProblem } from './qemu.ts';
import { sshdProblem, sudoProblem } from './remote.ts';
import { toolProblem } from './tool.ts';

/** What tests need beside Node. */
const NEEDS = [
  {
    problem: toolProblem,
    what: 'the ploop tool',
    skipped: 'EVERY TEST AGAINST THE REAL TOOL',
    advice: 'apt-get install ploop, and run as root',
  },
  {
    problem: chromiumProblem,
    what: 'chromium',
    skipped: 'THE TEST IN A BROWSER',
    advice: 'apt-get install chromium',
  },
  {
    problem: qemuProblem,
    what: 'qemu-img',
    skipped: 'EVERY COMPARISON WITH QEMU',
    advice: 'apt-get install qemu-utils',
  },
  {
    problem: libnbdProblem,
    what: 'libnbd',
    skipped: 'EVERY TEST WITH ITS NBD CLIENTS',
    advice: 'apt-get install libnbd-bin',
  },
  {
    problem: diskProgramsProblem,
    what: 'the partitioners and file system tools',
    skipped: 'EVERY TEST OF WHAT IS ON A DISK AGAINST THEM',
    advice: 'apt-get install e2fsprogs xfsprogs fdisk gdisk',
  },
  {
    problem: compilerProblem,
    what: 'a C compiler',
    skipped: 'EVERY TEST WITH A LIBRARY THAT IS LOADED BEFORE OTHERS',
    advice: 'apt-get install gcc libc6-dev',
  },
  {
    problem: sshdProblem,
    what: 'an OpenSSH server',
    skipped: 'SSH ITSELF, FOR A STAND-IN',
    advice: 'apt-get install openssh-server, and run as root',
  },
  {
    problem: sudoProblem,
    what: 'sudo',
    skipped: 'EVERY TEST OF SUDO ITSELF',
    advice: 'apt-get install sudo, and run as root',
  },
];

/** Runs once before all tests: their number must never shrink unnoticed. */
export function setup(): void {
  for (const { problem, what, skipped, advice } of NEEDS) {
    if (problem === undefined) continue;
    if (process.env['CI'] === 'true')
      throw new Error(`${what} cannot be used, and CI=true: ${problem}. ${advice}`);
    console.warn(`\n!!! SKIPPING ${skipped}: ${problem}. ${advice} !!!\n`);
  }
  // A container of a CI service seldom has any, and nobody can install them there.
  if (loopProblem !== undefined)
    console.warn(
      `\n!!! NO LOOP DEVICES, EXPORTS TO BLOCK DEVICES ARE TESTED ON A FILE IN THEIR PLACE: ${loopProblem} !!!\n`,
    );
}
