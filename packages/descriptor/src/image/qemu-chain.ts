import type { Chain } from './open-chain.ts';

/** What to call QEMU with to get at a snapshot. */
export interface QemuChain {
  /** The image name that stands for the whole chain. `qemu-img info` takes no such name; the others do. */
  readonly name: string;
  /** The arguments of each program, the program first. */
  readonly argv: Readonly<Record<QemuUse, readonly string[]>>;
  /** The same as lines for a POSIX shell. */
  readonly lines: Readonly<Record<QemuUse, string>>;
}

/** What QEMU is called for. */
export type QemuUse = 'convert' | 'compare' | 'measure' | 'map' | 'nbd';

/** Where results go. */
export interface QemuChainOptions {
  /** The raw file to write or to compare with. Default: `disk.raw`. */
  readonly output?: string;
  /** The socket of the NBD server. Default: `ploop.sock` in the working directory. */
  readonly socket?: string;
}

/**
 * How to read a snapshot with QEMU: one name for all its images, with the driver that their first bytes ask for, and
 * command lines for it. Paths are as in the chain, so they should be absolute. QEMU reads the same as this package
 * does, except where a disk shrank and grew again (`CHAIN_REGROWN`).
 */
export function qemuChain(
  { layers }: Pick<Chain, 'layers'>,
  { output = 'disk.raw', socket = 'ploop.sock' }: QemuChainOptions = {},
): QemuChain {
  let node: object = {};
  for (const [index, { source, layout }] of layers.entries())
    node = {
      driver: layout === undefined ? 'raw' : 'parallels',
      file: { driver: 'file', filename: source.file },
      ...(index > 0 && { backing: node }),
    };
  const name = `json:${JSON.stringify(node)}`;
  const file = path(output);
  const argv: QemuChain['argv'] = {
    convert: ['qemu-img', 'convert', '-p', '-O', 'raw', name, file],
    compare: ['qemu-img', 'compare', '-F', 'raw', name, file],
    measure: ['qemu-img', 'measure', '-O', 'qcow2', name],
    map: ['qemu-img', 'map', '--output=json', name],
    nbd: ['qemu-nbd', '--read-only', '--persistent', '--socket', path(socket), name],
  };
  const line = (use: QemuUse): string => argv[use].map(quoted).join(' ');
  return {
    name,
    argv,
    lines: {
      convert: line('convert'),
      compare: line('compare'),
      measure: line('measure'),
      map: line('map'),
      nbd: line('nbd'),
    },
  };
}

/** A file name that is taken for one, whatever it begins with and has in it: QEMU reads `a:b` as protocol and name. */
function path(file: string): string {
  return file.startsWith('/') ? file : `./${file}`;
}

/** One word for a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
