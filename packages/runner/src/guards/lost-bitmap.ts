import type { GuardContext } from '../command.ts';

const HEADER_BYTES = 64;
const SIGNATURES: readonly string[] = ['WithoutFreeSpace', 'WithouFreSpacExt'];
/** Where the header has the sector of what holds the bitmaps, and with what that begins. */
const EXTENSION_AT = 56;
const EXTENSION_SIGNATURE = 'ab234cef23dcea87';
const SECTOR = 512n;

/**
 * Whether the header of an image names a place for dirty bitmaps that does not hold any: beyond the end of the file, or where
 * something else is. Releases leave such a header when they drop a bitmap. `false` if the image cannot be read.
 */
export async function hasLostBitmap(
  image: string,
  { ask, look }: Pick<GuardContext, 'ask' | 'look'>,
): Promise<boolean> {
  const file = (await ask('readlink', '-e', '--', image))?.replace(/\n$/, '');
  // To read what is not a file may never end.
  if (file === undefined || (await look(file)) !== 'file') return false;
  const read = async (at: bigint, count: number): Promise<Buffer | undefined> => {
    const dump = await ask(
      'od',
      ...['-A', 'n', '-v', '-t', 'x1'],
      ...['-j', String(at), '-N', String(count), '--', file],
    );
    const found = Buffer.from(dump?.replace(/\s/g, '') ?? '', 'hex');
    return found.length === count ? found : undefined;
  };
  const header = await read(0n, HEADER_BYTES);
  if (header === undefined || !SIGNATURES.includes(header.toString('latin1', 0, 16))) return false;
  const at = header.readBigUInt64LE(EXTENSION_AT) * SECTOR;
  const size = /^\d+\n$/.exec((await ask('stat', '-c', '%s', '--', file)) ?? '')?.[0];
  if (at === 0n || size === undefined) return false;
  if (at >= BigInt(size)) return true;
  const found = await read(at, 8);
  return found !== undefined && found.readBigUInt64LE().toString(16) !== EXTENSION_SIGNATURE;
}
