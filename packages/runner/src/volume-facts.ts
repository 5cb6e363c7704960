import { dirname } from 'node:path';

import type { GuardContext } from './command.ts';

/** What the files of a volume say about it, as far as they can be read where the tool runs. */
export interface VolumeFacts {
  /** The directory of the parent volume, as written. */
  readonly parent: string | undefined;
  /** Whether it is a snapshot, which other volumes continue from. */
  readonly readOnly: boolean;
  /** Whether its own images are said to be raw. */
  readonly raw: boolean;
  /** The names of its own images, as written. */
  readonly files: readonly string[];
  /** The names of the volumes that continue from it. */
  readonly children: readonly string[];
}

const COMMENT = /<!--[^]*?-->/g;
const VOLUME = /<Volume\s*(?:\/>|>([^]*?)<\/Volume\s*>)/;
const PARENT = /<Parent\s*>([^<]*)</;
const READ_ONLY = /<ReadOnly[\s/>]/;
const RAW = /<Type\s*>\s*Plain\s*</;
const FILE = /<File\s*>([^<]*)</g;

/**
 * Reads what a guard needs to know about a volume; `undefined` if the descriptor cannot be read, so that the tool decides.
 * A disk is a volume without a parent: 7.0.95 drops an empty `Volume`.
 */
export async function volumeFacts(
  descriptor: string,
  { ask, look }: Pick<GuardContext, 'ask' | 'look'>,
): Promise<VolumeFacts | undefined> {
  const text = (await ask('cat', '--', descriptor))?.replace(COMMENT, '');
  if (text?.includes('<StorageData') !== true) return undefined;
  const [, content = ''] = VOLUME.exec(text) ?? [];
  const links = `${dirname(descriptor)}/children`;
  const isParent = (await look(links)) !== 'missing';
  const parent = PARENT.exec(content)?.[1];
  return {
    parent: parent === undefined ? undefined : unescaped(parent),
    readOnly: READ_ONLY.test(content),
    raw: RAW.test(text),
    files: [...text.matchAll(FILE)].map(([, file = '']) => unescaped(file)),
    children: isParent ? linesOf(await ask('ls', '-A', '--', links)) : [],
  };
}

/** The lines that a program printed; none if it failed. */
export function linesOf(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };

/** A text as the tool writes it: nothing else is escaped. */
function unescaped(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|(lt|gt|amp));/g,
    (whole, hex?: string, name = '') =>
      hex === undefined ? (ENTITIES[String(name)] ?? whole) : characterOf(hex, whole),
  );
}

const LAST_CHARACTER = 0x10_ff_ff;

function characterOf(hex: string, otherwise: string): string {
  const code = Number.parseInt(hex, 16);
  return code <= LAST_CHARACTER ? String.fromCodePoint(code) : otherwise;
}
