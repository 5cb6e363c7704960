#!/usr/bin/env node
// Stands in for ssh: hands what follows the host to a login shell, as sshd does. The host is the name of that shell.
import { spawn } from 'node:child_process';

const [host, ...words] = process.argv.slice(process.argv.indexOf('--') + 1);
if (host === 'unreachable') {
  process.stderr.write('ssh: connect to host unreachable port 22: Connection refused\n');
  process.exit(255);
}
const shell = host === 'somewhere' ? 'sh' : host;
// sshd gives a clean environment.
const child = spawn(shell, ['-c', words.join(' ')], {
  stdio: 'inherit',
  env: { PATH: process.env.PATH, HOME: '/', POSIXLY_CORRECT: '1', LANGUAGE: 'de' },
});
child.on('exit', (code, signal) => process.exit(signal === null ? code : 255));
