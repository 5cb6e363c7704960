#!/usr/bin/env node
// Stands in for the tool: does what its environment says, so that the real way of running a program is tested.
import { spawn } from 'node:child_process';
import { writeFileSync, writeSync } from 'node:fs';

const play = (name) => process.env[`PLAY_${name}`];
// The one subcommand that it plays; of others it has nothing to say.
if (play('ONLY') && !process.argv.includes(play('ONLY'))) process.exit(0);
const exit = () => process.exit(Number(play('EXIT') ?? 0));

// A helper that outlives the tool and holds its pipes.
if (play('HELPER')) spawn('sleep', [play('HELPER')], { stdio: 'inherit', detached: true }).unref();
// What to exit with after SIGTERM, and how long that takes.
if (play('TRAP'))
  process.on('SIGTERM', () =>
    setTimeout(() => process.exit(Number(play('TRAP'))), Number(play('LINGER') ?? 0)),
  );
// Told when it is ready for signals.
if (play('READY')) writeFileSync(play('READY'), '');
if (play('LOG'))
  writeFileSync(play('LOG'), JSON.stringify({ argv: process.argv.slice(2), env: process.env }));
writeSync(1, play('STDOUT') ?? '');
writeSync(2, play('STDERR') ?? '');
if (play('SIGNAL')) process.kill(process.pid, play('SIGNAL'));
setTimeout(exit, Number(play('WAIT') ?? 0));
