import { Option } from '@commander-js/extra-typings';

import type { InspectCommand } from '../command.ts';
import { confineOf, confineOption, noConfineOption } from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotOption } from '../input/snapshot.ts';
import { runExport } from '../views/export-report.ts';
import { runTreeExport } from '../views/tree-export-report.ts';

/** `ploop-inspect export`: the content of a snapshot. */
export const exportCommand: InspectCommand = {
  examples: [
    ['export root.hdd --snapshot 22222222 --output tuesday.raw --verify', 'a snapshot as a file'],
    ['export root.hdd --output disk.qcow2 --format qcow2', 'an image for QEMU, libvirt or Proxmox'],
    [
      'export root.hdd --format qcow2 --tree root-qcow2',
      'every snapshot, for QEMU or libvirt to go on with',
    ],
    [
      'export root.hdd --output - | ssh host "cat > disk.raw"',
      'what the disk holds now, to a pipe',
    ],
    ['export root.hdd --output disk.raw --salvage', 'what can still be read of a damaged disk'],
  ],
  seeAlso: ['check', 'tree'],
  define: (command, run, surroundings) =>
    command
      .addArgument(pathArgument)
      .option('--output <file>', 'file or block device to write, - for stdout')
      .option(
        '--tree <dir>',
        'instead of --output and --snapshot: a new directory for all snapshots as qcow2 images, each with its parent as backing file',
      )
      .addOption(snapshotOption)
      .option('--ciphertext', 'write encrypted content as it is stored', false)
      .addOption(
        new Option(
          '--format <format>',
          'what to write: a raw disk (default) or an image file; needed for a file whose name ends as that of another format or of a compressed file, such as .qcow2 or .gz',
        ).choices(['raw', 'qcow2', 'vmdk', 'vhdx'] as const),
      )
      .addOption(
        new Option(
          '--subformat <type>',
          'of a vmdk image: streamOptimized is compressed, for an OVA',
        ).choices(['monolithicSparse', 'streamOptimized'] as const),
      )
      .option(
        '--compress',
        'compress the data of a qcow2 image, whose output must be a file then, or of a vmdk image',
        false,
      )
      .option('--force', 'replace a file that is there', false)
      .option('--no-sparse', 'write zeros where nothing is allocated, instead of holes')
      .option('--verify', 'read back what was written and compare it with the disk', false)
      .option(
        '--hash',
        'compute the SHA-256 of the disk, which reads or makes every zero of it',
        false,
      )
      .option(
        '--salvage',
        'read on where the disk is damaged, with zeros for what is lost; a list is written to <file>.lost.json',
        false,
      )
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, { output, tree, ...options }, self) => {
        if (tree !== undefined) {
          if (output !== undefined || options.snapshot !== undefined)
            self.error("error: '--tree' goes with neither '--output' nor '--snapshot'");
          const { format, compress, force, subformat } = options;
          if (format !== 'qcow2' || compress || force || subformat !== undefined)
            self.error(
              "error: '--tree' needs '--format qcow2', and goes with none of '--compress', '--force' and '--subformat'",
            );
          const request = { ...options, tree, ...confineOf(options) };
          return run(() => runTreeExport(path, request, surroundings));
        }
        if (output === undefined)
          return self.error(
            "error: required option '--output <file>' or '--tree <dir>' not specified",
          );
        if (output === '-' && (options.json || options.verify))
          self.error("error: '--json' and '--verify' need a file as '--output'");
        return run(() =>
          runExport(path, { ...options, output, ...confineOf(options) }, surroundings),
        );
      }),
};
