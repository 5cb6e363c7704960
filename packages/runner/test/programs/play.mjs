#!/usr/bin/env node
// Stands in for the tool: does what its environment says, so that the real way of running a program is tested.
import { writeFileSync, writeSync } from 'node:fs';

const {
  PLAY_STDOUT = '',
  PLAY_STDERR = '',
  PLAY_EXIT = '0',
  PLAY_SIGNAL,
  PLAY_WAIT,
  PLAY_TRAP,
  PLAY_LOG,
} = process.env;

if (PLAY_LOG)
  writeFileSync(PLAY_LOG, JSON.stringify({ argv: process.argv.slice(2), env: process.env }));
if (PLAY_TRAP) process.on('SIGTERM', () => process.exit(Number(PLAY_TRAP)));
writeSync(1, PLAY_STDOUT);
writeSync(2, PLAY_STDERR);
if (PLAY_SIGNAL) process.kill(process.pid, PLAY_SIGNAL);
setTimeout(() => process.exit(Number(PLAY_EXIT)), Number(PLAY_WAIT ?? 0));
