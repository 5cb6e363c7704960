import { execFile } from 'node:child_process';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';

import { loadVolumesSync } from '@ploop/offline';
import type { Exec, ExecOutcome } from '@ploop/runner';

import { PLACEHOLDER, type VolumeStep } from '../../../descriptor/test/recorded/volume-scenarios.ts';
import type { Stage } from './stage.ts';

const NONE = { text: '', droppedBytes: 0 };
const ended = (exitCode: number, text = '', err = ''): ExecOutcome => ({
  exitCode,
  cancelled: false,
  timedOut: false,
  stdout: { text, droppedBytes: 0 },
  stderr: { ...NONE, text: err },
});

/** A tool that answers queries from the files, and does to them what the recording shows. */
export function toolOf(stage: Stage, step: VolumeStep, started: () => void): Exec {
  let version = 2;
  const real = (text = ''): string => text.replaceAll(PLACEHOLDER, stage.root);
  const exec: Exec = async ({ file, argv }) => {
    if (file === 'flock') return ended(127);
    if (!file.endsWith('ploop'))
      return promisify(execFile)(file, argv).then(
        ({ stdout }) => ended(0, stdout),
        () => ended(1),
      );
    const [, command = ''] = argv;
    const path = argv.at(-1) ?? '';
    if (command === 'list') return ended(0);
    if (command === 'snapshot-list') return ended(0, rowsOf(path));
    if (command === 'info')
      return ended(0, `size:\t\t32768\nblocksize:\t2048\nfmt_version:\t${String(version)}\n`);
    started();
    await stage.apply(step);
    if (command === 'convert' && argv.at(-3) === '-v' && step.exit === 0) version = Number(argv.at(-2));
    return ended(step.exit ?? 0, real(step.stdout), real(step.stderr));
  };
  return Object.assign(exec, { isLocal: true });
}

function rowsOf(path: string): string {
  const { graph, directory } = loadVolumesSync(path, { confine: false });
  return (graph?.nodes ?? [])
    .map(({ guid, parentGuid, image, foreign }) => {
      const current = guid === graph?.top?.guid && foreign !== true ? '*' : ' ';
      const file = image?.file ?? '';
      return `${guid} ${parentGuid} ${current} ${file.startsWith('/') ? file : normalize(join(directory, file))}\n`;
    })
    .join('');
}

