// What a client of NBD takes to read a chain from our server and from qemu-nbd.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const imageRun = join(import.meta.dirname, 'image-run.mjs');
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Seconds that nbdcopy takes to read everything, and what the server prints at its end. */
async function timed(program, argv, socket) {
  const server = spawn(program, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(server, 'exit');
  const printed = text(server.stdout);
  for (let tries = 0; !existsSync(socket); tries += 1) {
    if (tries === 1000) throw new Error(`${program} does not listen`);
    await sleep(10);
  }
  const start = performance.now();
  const { status, stderr } = spawnSync('nbdcopy', [`nbd+unix:///?socket=${socket}`, 'null:'], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  server.kill();
  await ended;
  if (status !== 0) throw new Error(`nbdcopy fails: ${stderr}`);
  return { seconds, printed: await printed };
}

/** Medians of both, in turns; `undefined` where qemu-nbd or nbdcopy cannot be run. */
export async function compareNbd(disk, qemuName, directory, rounds) {
  for (const program of ['qemu-nbd', 'nbdcopy'])
    if (spawnSync(program, ['--version']).status !== 0) return undefined;
  const socket = join(directory, 'socket');
  const times = { ours: [], qemu: [] };
  const peaks = [];
  for (let round = 0; round < rounds; round += 1) {
    const ours = await timed(process.execPath, [imageRun, 'nbd', disk, socket], socket);
    times.ours.push(ours.seconds);
    peaks.push(JSON.parse(ours.printed).peakBytes);
    const peer = await timed('qemu-nbd', ['-r', '-t', '-e', '16', '-k', socket, qemuName], socket);
    times.qemu.push(peer.seconds);
  }
  return { ours: median(times.ours), qemu: median(times.qemu), peakBytes: Math.max(...peaks) };
}
