import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type Diagnostic, formatDiagnostic, TOP_GUID, DescriptorError } from '@ploop/descriptor';
import { descriptorXml, imageBytes, sample, temporaryDirectory, testGuid } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkDisk } from '../src/check/check-disk.ts';
import { openSnapshot } from '../src/snapshot/open-snapshot.ts';

/** What stands in the place of an image, what is found, and what its sentence has. */
interface Stand {
  readonly name: string;
  readonly bytes: (disk: number, cluster: number) => Uint8Array;
  readonly code: 'HEADER_TOO_SHORT' | 'HEADER_ZEROED' | 'HEADER_INVALID';
  readonly said: string | RegExp;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const at = (length: number, position: number, text: string): Buffer => {
  const bytes = Buffer.alloc(length, 0x80);
  bytes.write(text, position, 'latin1');
  return bytes;
};
const looksLike = (name: string, bytes: Uint8Array, said: string): Stand => ({
  name,
  bytes: () => bytes,
  code: 'HEADER_INVALID',
  said: `it looks like ${said}`,
});

const STANDS: readonly Stand[] = [
  {
    name: 'nothing',
    bytes: () => new Uint8Array(0),
    code: 'HEADER_TOO_SHORT',
    said: 'is empty: nothing was written to it, or its content is lost',
  },
  {
    name: 'a few bytes',
    bytes: () => Buffer.alloc(63, 'x'),
    code: 'HEADER_TOO_SHORT',
    said: 'has 63 bytes',
  },
  {
    name: 'an image whose first block is lost',
    bytes: (_, cluster) => {
      const bytes = imageBytes({ blockSize: cluster / 512 }, [1, 2]);
      bytes.fill(0, 0, 4096);
      return bytes;
    },
    code: 'HEADER_ZEROED',
    said: /begins with \d+ zero bytes: .* what follows is still there/,
  },
  {
    name: 'zeros',
    bytes: (_, cluster) => new Uint8Array(3 * cluster),
    code: 'HEADER_ZEROED',
    said: 'there is nothing else in it',
  },
  {
    name: 'more zeros than are looked at',
    bytes: () => Buffer.concat([Buffer.alloc(5 << 20), latin1('x')]),
    code: 'HEADER_ZEROED',
    said: 'begins with 4194304 zero bytes: the header of the image is lost',
  },
  {
    name: 'other bytes',
    bytes: (disk) => Buffer.alloc(disk + 512, 0x81),
    code: 'HEADER_INVALID',
    said: 'its signature is unknown',
  },
  looksLike('gzip', gzipSync(Buffer.alloc(70_000, 'x'), { level: 0 }), 'data compressed with gzip'),
  looksLike('xz', at(9000, 0, '\xfd7zXZ\0'), 'data compressed with xz'),
  looksLike('zstd', at(9000, 0, '\x28\xb5\x2f\xfd'), 'data compressed with zstd'),
  looksLike('tar', at(9000, 257, 'ustar'), 'a tar archive'),
  looksLike('VMDK', at(9000, 0, 'KDMV'), 'a VMDK image'),
  looksLike('VDI', at(9000, 64, '\x7f\x10\xda\xbe'), 'a VDI image'),
  looksLike('GPT', at(9000, 512, 'EFI PART'), 'a bare disk with a GPT'),
  looksLike(
    'text',
    latin1(`<!DOCTYPE html>\n<title>404 Not Found</title>${'.'.repeat(99)}`),
    'the text "<!DOCTYPE html> <title>404',
  ),
];

interface Chain {
  readonly version: 1 | 2;
  readonly blockSize: number;
  readonly length: number;
  readonly stand: Stand;
  readonly level: number;
  /** Level of a second file that is not an image, if it is below `level`. */
  readonly other: number;
  readonly deep: boolean;
}

const chain: fc.Arbitrary<Chain> = fc.record({
  version: fc.constantFrom<1 | 2>(1, 2),
  blockSize: fc.constantFrom(64, 128, 2048),
  length: fc.integer({ min: 1, max: 5 }),
  stand: fc.constantFrom(...STANDS),
  level: fc.nat(4),
  other: fc.oneof(fc.constant(9), fc.nat(4)),
  deep: fc.boolean(),
});

const CLUSTERS = 8;
const guidAt = (level: number, length: number): string =>
  level === length - 1 ? TOP_GUID : testGuid(level);

async function findingsOf(directory: string, guid?: string): Promise<readonly Diagnostic[]> {
  try {
    const snapshot = await openSnapshot(directory, guid);
    await snapshot.close();
    return [];
  } catch (error) {
    if (!(error instanceof DescriptorError)) throw error;
    return error.diagnostics;
  }
}

test('a file that is not an image is named as what it is, and the snapshot below that is whole', async () => {
  const root = await temporaryDirectory();
  await fc.assert(
    fc.asyncProperty(chain, async ({ version, blockSize, length, stand, deep, ...rest }) => {
      const [level, other] = [rest.level % length, rest.other];
      const cluster = blockSize * 512;
      const directory = await mkdtemp(join(root, 'disk'));
      const nodes = Array.from({ length }, (_, index) =>
        index === 0 ? {} : { parent: index - 1 },
      );
      const size = CLUSTERS * blockSize;
      const xml = descriptorXml(nodes, { blockSize: String(blockSize), size: String(size) });
      await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
      const unit = version === 1 ? blockSize : 1;
      for (const index of nodes.keys()) {
        const sound = imageBytes({ version, blockSize, clusters: CLUSTERS }, [unit]);
        const file = join(directory, `d${String(index)}`);
        if (index === level) await writeFile(file, stand.bytes(size * 512, cluster));
        else await writeFile(file, index === other ? '' : sound);
      }
      const below = Math.min(level, other);
      const whole = below === 0 ? undefined : guidAt(below - 1, length);

      const { diagnostics } = await checkDisk(directory, { deep });
      const file = join(directory, `d${String(level)}`);
      const own = diagnostics.filter(({ data }) => 'file' in data && data.file === file);
      expect(own.map(({ code }) => code)).toEqual([stand.code]);
      const said = own.map(formatDiagnostic).join();
      expect(said).toMatch(stand.said);
      if (whole === undefined) expect(said).not.toContain('is whole');
      else {
        expect(said).toContain(`${whole} below it is whole`);
        expect(own[0]?.hint).toContain(`ploop-inspect export --snapshot '${whole}'`);
      }
      const isNewest = stand.name === 'nothing' && level === length - 1 && whole !== undefined;
      expect(own[0]?.hint.includes('is the newest state')).toBe(isNewest);
      expect(diagnostics.map(({ code }) => code)).not.toContain('DISK_SIZE_DIFFERS');

      if (whole !== undefined) expect(await findingsOf(directory, whole)).toEqual([]);
      const opened = other > level ? await findingsOf(directory, guidAt(level, length)) : own;
      // Opening the snapshot says the same as the check.
      expect(opened).toEqual(own);
      await rm(directory, { recursive: true });
    }),
    sample('files that are not images', 30),
  );
});

test.each<[string, Uint8Array, string]>([
  ['zeros', new Uint8Array(CLUSTERS * 32_768), 'HEADER_ZEROED'],
  ['bytes', Buffer.alloc(CLUSTERS * 32_768, 0x81), 'HEADER_INVALID'],
])('%s that are as long as the disk may be a bare disk', async (_, bytes, code) => {
  const directory = await temporaryDirectory();
  const xml = descriptorXml([{}], { blockSize: '64', size: String(bytes.length / 512) });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  await writeFile(join(directory, 'd0'), bytes);
  const { diagnostics } = await checkDisk(directory);
  expect(diagnostics).toMatchObject([{ code, data: { bareLength: true } }]);
  expect(diagnostics.map(formatDiagnostic).join()).toContain('exactly as long as a bare disk');
});
