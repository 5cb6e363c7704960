import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

import type { InspectCommand } from '../command.ts';
import { confineOf, confineOption, noConfineOption } from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotOption } from '../input/snapshot.ts';
import { runNbd } from '../serve/run-nbd.ts';

/** A whole number up to `most`. */
function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`expected a whole number from 0 to ${String(most)}`);
    return Number(text);
  };
}

/** `ploop-inspect nbd`: snapshots for NBD clients. */
export const nbd: InspectCommand = {
  examples: [
    ['nbd root.hdd --socket /run/root.sock', 'what the disk holds now, until Ctrl-C'],
    [
      'nbd root.hdd --snapshot 22222222 --port 10809',
      'a snapshot at nbd://127.0.0.1:10809/, for this machine only',
    ],
    [
      'nbd root.hdd --partition 1 --socket /run/root.sock --overlay memory',
      'a partition that can be mounted, as its journal can be replayed: the disk stays as it is',
    ],
  ],
  seeAlso: ['export', 'qemu'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .addOption(snapshotOption)
      .addOption(
        new Option('--partition <number>', 'serve a partition instead of the whole disk').argParser(
          numberUpTo(999_999_999),
        ),
      )
      .option('--socket <file>', 'socket to make; only you can use it')
      .addOption(
        new Option('--port <number>', 'TCP port to listen on, 0 for any that is free').argParser(
          numberUpTo(65_535),
        ),
      )
      .option(
        '--host <address>',
        'address to listen on with --port: everyone who reaches it can read the disk (default: 127.0.0.1)',
      )
      .option(
        '--overlay <where>',
        'accept writes and keep them until the end: memory (256 MiB at most), or a file to make and remove',
      )
      .option('--ciphertext', 'serve encrypted content as it is stored', false)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options, self) => {
        const { socket, port, host } = options;
        if ((socket === undefined) === (port === undefined))
          self.error("error: one of '--socket' and '--port' is needed");
        if (host !== undefined && port === undefined) self.error("error: '--host' needs '--port'");
        return run(() => runNbd(path, { ...options, ...confineOf(options) }, surroundings));
      }),
};
