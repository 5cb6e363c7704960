import { dirname } from 'node:path';

import { parseDescriptor } from '@ploop/descriptor';

import type { ExecOutcome, ExecRequest } from '../../src/index.ts';
import type { Call, Files } from './calls.ts';
import { sizeIn } from './command-of.ts';

type Answer = Pick<Call, 'exit' | 'stdout' | 'stderr'>;

const said = (stdout: string): Answer => ({ exit: 0, stdout, stderr: '' });
const failed = (exit: number, stderr = ''): Answer => ({ exit, stdout: '', stderr });

/**
 * A machine where a call is made as it was recorded: the files are those before the call until it is made, and those after it
 * then. Other calls of the tool are answered from the descriptor.
 */
export function replaying(call: Call, subcommand: string): (request: ExecRequest) => Promise<ExecOutcome> {
  let files = call.before;
  let changes = 0;
  const answer = (file: string, argv: readonly string[]): Answer => {
    const path = argv.at(-1) ?? '';
    if (file !== 'ploop') return answerOf(file, argv, files, changes);
    const words = argv.slice(1);
    if (!words.join(' ').startsWith(`${subcommand} `)) {
      const text = files.descriptors.get(path);
      if (words[0] !== 'info') return asked(words, text, path);
      const image = imageOf(text, changes > 0 ? call.argv : []);
      return words.includes('-d') && image.exit === 0 ? said(`${image.stdout}device:\t\t\n`) : image;
    }
    files = call.after;
    changes += 1;
    return call;
  };
  return ({ file, argv }) => Promise.resolve(outcomeOf(answer(file, argv)));
}

function answerOf(file: string, argv: readonly string[], files: Files, changes: number): Answer {
  const path = argv.at(-1) ?? '';
  const kind = kindOf(path, files);
  switch (file) {
    case 'cat': {
      const text = files.descriptors.get(path);
      return text === undefined ? failed(1) : said(text);
    }
    case 'stat':
      if (kind === undefined) return failed(1, `stat: cannot statx '${path}': No such file or directory`);
      return said(argv.includes('%F') ? kind : String(changes));
    case 'ls':
      return kind === 'directory' ? said(namesIn(path, files, argv.includes('-p'))) : failed(2);
    case 'readlink':
      return said(`${path}\n`);
    default:
      return failed(127);
  }
}

/** A name a line; those of directories end in `/` if they are marked. */
function namesIn(directory: string, { descriptors, others }: Files, isMarked: boolean): string {
  const names = [...descriptors.keys(), ...others].flatMap((file) => {
    if (!file.startsWith(`${directory}/`)) return [];
    const [name = '', ...rest] = file.slice(directory.length + 1).split('/');
    return [isMarked && rest.length > 0 ? `${name}/` : name];
  });
  return [...new Set(names)].map((name) => `${name}\n`).join('');
}

function kindOf(path: string, { descriptors, others }: Files): string | undefined {
  if (descriptors.has(path) || others.has(path)) return 'regular file';
  const directories = new Set([...descriptors.keys(), ...others].map((file) => dirname(file)));
  for (const directory of directories)
    if (directory === path || directory.startsWith(`${path}/`)) return 'directory';
  return undefined;
}

/**
 * What `info -s` says of the top: as large as the descriptor says, and after a call what that asked for. Releases before 1.13
 * grow images alone.
 */
function imageOf(text: string | undefined, argv: readonly string[]): Answer {
  const descriptor = text === undefined ? undefined : parseDescriptor(text).descriptor;
  if (descriptor === undefined) return failed(39);
  const { size, blockSize, mode } = descriptor;
  const asks = (option: string): string | undefined =>
    argv.includes(option) ? argv[argv.indexOf(option) + 1] : undefined;
  const version = mode === 'raw' ? '0' : (asks('-v') ?? '1');
  const grown = argv[0] === 'grow' ? (asks('-s') ?? '') : '';
  const sectors = grown === '' ? size : Math.max(sizeIn(grown) / 512, size);
  return said(
    `size:\t\t${String(sectors)}\nblocksize:\t${String(blockSize)}\nfmt_version:\t${version}\n`,
  );
}

/** What guards ask. */
function asked([subcommand = ''] : readonly string[], text: string | undefined, path: string): Answer {
  if (subcommand === 'list') return said('');
  const descriptor = text === undefined ? undefined : parseDescriptor(text).descriptor;
  if (descriptor === undefined) return failed(39);
  if (subcommand !== 'snapshot-list') return failed(38);
  const rows = descriptor.shots.map(({ guid, parentGuid }) => {
    const mark = guid === descriptor.topGuid ? '*' : ' ';
    const file = descriptor.images.find((image) => image.guid === guid)?.file ?? '';
    return `${guid} ${parentGuid} ${mark} ${dirname(path)}/${file}\n`;
  });
  return said(rows.join(''));
}

/** Exit codes of shells between these are signals. */
const NO_SIGNAL = 128;
const UNSPECIFIC = 255;

function outcomeOf({ exit, stdout, stderr }: Answer): ExecOutcome {
  const isSignal = exit > NO_SIGNAL && exit < UNSPECIFIC;
  return {
    ...(isSignal ? { signal: `signal ${String(exit - NO_SIGNAL)}` } : { exitCode: exit }),
    cancelled: false,
    timedOut: false,
    stdout: { text: stdout, droppedBytes: 0 },
    stderr: { text: stderr, droppedBytes: 0 },
  };
}
