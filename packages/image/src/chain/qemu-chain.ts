import { DescriptorError, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { IMAGE } from '../arguments.ts';
import type { ChainLayer } from './chain-layer.ts';
import type { Chain, ChainPart } from './open-chain.ts';

/** What to call QEMU with to get at a snapshot. */
export interface QemuChain {
  /**
   * The image name that stands for the whole chain. `qemu-img info` takes no such name; the others do. Of a split disk
   * one name for each part, in order: only `qemu-img convert` takes several.
   */
  readonly names: readonly string[];
  /** The arguments of each program, the program first. Of a split disk `convert` alone. */
  readonly argv: QemuCalls<readonly string[]>;
  /** The same as lines for a POSIX shell. */
  readonly lines: QemuCalls<string>;
  /** What to know of the content that QEMU reads, such as `CONTENT_ENCRYPTED`: those of the chain. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What QEMU is called for. */
export type QemuUse = 'convert' | 'compare' | 'measure' | 'map' | 'nbd';

/** By use; `convert` is always there. */
export type QemuCalls<Call> = Readonly<Record<'convert', Call> & Partial<Record<QemuUse, Call>>>;

/** Where results go. */
export interface QemuChainOptions {
  /** The raw file to write or to compare with. Default: `disk.raw`. */
  readonly output?: string;
  /** Absolute path of the socket of the NBD server: qemu-nbd takes no other. Without it, there is no call for `nbd`. */
  readonly socket?: string;
}

/**
 * How to read a snapshot with QEMU: one name for all its images, with the driver that their first bytes ask for, and
 * command lines for it. Paths are as in the chain, so they should be absolute. QEMU reads the same as this package
 * does, but where a disk shrank and grew again (`CHAIN_REGROWN`), and in the last part of a disk that is not a whole cluster.
 * Where an entry of a block table leads beyond the end of its file, QEMU reads zeros and reports no error. The tables are not
 * read here: `snapshotLosses` of `@ploop/offline` reports such entries.
 *
 * QEMU has no driver that puts the parts of a split disk together. `qemu-img convert` writes several images one after
 * the other, so that is the only call there is for one.
 *
 * @throws DescriptorError with code `STORAGE_IMAGE_SIZE` if a part in front of another does not fill its range.
 */
export function qemuChain(
  chain: Pick<Chain, 'parts' | 'diagnostics'>,
  options: QemuChainOptions = {},
): QemuChain {
  requireCall(IMAGE.qemuChain, [chain, options]);
  const { parts, diagnostics } = chain;
  refuseGaps(parts);
  const { output = 'disk.raw', socket } = options;
  const names = parts.map((part) => `json:${JSON.stringify(nodeOf(part))}`);
  const file = path(output);
  const convert = ['qemu-img', 'convert', '-p', '-O', 'raw', ...names, file];
  const [name, ...others] = names;
  const lines = { convert: lineOf(convert) };
  if (name === undefined || others.length > 0)
    return { names, argv: { convert }, lines, diagnostics };
  const argv = {
    convert,
    compare: ['qemu-img', 'compare', '-F', 'raw', name, file],
    measure: ['qemu-img', 'measure', '-O', 'qcow2', name],
    map: ['qemu-img', 'map', '--output=json', name],
    ...(socket !== undefined && {
      nbd: ['qemu-nbd', '--read-only', '--persistent', '--socket', socket, name],
    }),
  };
  return {
    names,
    argv,
    lines: {
      convert: lineOf(argv.convert),
      compare: lineOf(argv.compare),
      measure: lineOf(argv.measure),
      map: lineOf(argv.map),
      ...(argv.nbd && { nbd: lineOf(argv.nbd) }),
    },
    diagnostics,
  };
}

/** QEMU would put the next part where the missing end should be. */
function refuseGaps(parts: readonly ChainPart[]): void {
  for (const { missing } of parts.slice(0, -1))
    if (missing !== undefined) throw new DescriptorError([missing.finding]);
}

/** The images of a part, one over the other; cut off where its range ends. */
function nodeOf({ layers, start, end }: ChainPart): object {
  let node: object = {};
  for (const [index, layer] of layers.entries())
    node = { ...imageNode(layer), ...(index > 0 && { backing: node }) };
  const size = end - start;
  const isCut = (layers.at(-1)?.size ?? size) > size;
  return isCut ? { driver: 'raw', size, file: node } : node;
}

const DRIVERS: Readonly<Record<ChainLayer['description']['format'], string>> = {
  ploop: 'parallels',
  qcow2: 'qcow2',
  raw: 'raw',
};

function imageNode({ source, description: { format } }: ChainLayer): object {
  return {
    driver: DRIVERS[format],
    file: { driver: 'file', filename: source.file },
  };
}

function lineOf(argv: readonly string[]): string {
  return argv.map(quoted).join(' ');
}

/** A file name that is taken for one, whatever it begins with and has in it: QEMU reads `a:b` as protocol and name. */
function path(file: string): string {
  return file.startsWith('/') ? file : `./${file}`;
}

/** One word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
