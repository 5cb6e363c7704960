import { resolve } from 'node:path';

import { qemuChain } from '@ploop/image';
import { openSnapshot, snapshotLosses } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotNamed, snapshotOption } from '../input/snapshot.ts';
import { reported, type Answer } from '../output/answer.ts';
import { distinct } from '../output/findings.ts';

interface QemuRequest extends ConfineRequest {
  readonly snapshot?: string | undefined;
  readonly output?: string | undefined;
  readonly ciphertext: boolean;
}

/** `ploop-inspect qemu`: how to read a snapshot with QEMU. */
export const qemu: InspectCommand = {
  examples: [
    ['qemu root.hdd', 'convert, compare, measure, map and nbd'],
    ['qemu --json root.hdd | jq -r .lines.convert', 'one of them, for a script'],
  ],
  seeAlso: ['export', 'images'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .addOption(snapshotOption)
      .option('--output <file>', 'raw file to write, or to compare with (default: disk.raw)')
      .option('--ciphertext', 'allow encrypted content, which QEMU reads as it is stored', false)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, options) => {
        const request = { ...options, ...confineOf(options) };
        return run(() => reported(path, options, () => linesFor(path, request)));
      }),
};

async function linesFor(path: string, request: QemuRequest): Promise<Answer> {
  const { snapshot: name, output, ciphertext, confine } = request;
  const guid = await snapshotNamed(path, name, { confine });
  const snapshot = await openSnapshot(path, guid, { ciphertext, confine });
  try {
    const { lines, argv, diagnostics } = qemuChain(snapshot, {
      socket: resolve('ploop.sock'),
      ...(output !== undefined && { output }),
    });
    const { accepted } = snapshot;
    // QEMU reads zeros where an entry of a table leads beyond the end of the file, and exits with 0.
    const losses = await snapshotLosses(snapshot);
    return {
      findings: distinct([...diagnostics, ...losses]),
      text: Object.values(lines),
      json: { path: snapshot.path, accepted, guid: snapshot.guid, lines, argv },
    };
  } finally {
    await snapshot.close();
  }
}
