import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { sample, temporaryDirectory } from '@ploop/test-kit';
import { hasLibnbd, nbdcopy, nbdinfo } from '@ploop/test-kit/nbd';
import { hasQemu, qemuImg } from '@ploop/test-kit/qemu';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { openSnapshot, serveNbd } from '../../src/index.ts';
import { anyDisk } from './made-disks.ts';

const execute = promisify(execFile);
const PATIENCE = process.env['PLOOP_RUNS'] === undefined ? 240_000 : 0;

/** A read, a write or zeros, in thousandths of the disk; lengths in bytes. */
const change = fc.record({
  kind: fc.constantFrom('read', 'write', 'write', 'fua', 'zero', 'unmap'),
  at: fc.nat(999),
  aside: fc.nat(5000),
  length: fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 700_000 })),
  byte: fc.integer({ min: 1, max: 255 }),
});
type Change = (typeof change)['generate'] extends (...args: never) => { readonly value: infer One }
  ? One
  : never;

const KINDS = {
  read: 'read -v',
  write: 'write -P',
  fua: 'write -f -P',
  zero: 'write -z',
  unmap: 'write -z -u',
};

/** The command of qemu-io for a change of a disk of `size` bytes. */
function commandOf({ kind, at, aside, length, byte }: Change, size: number): string {
  const start = (Math.floor((size * at) / 1000) + aside) % size;
  const most = kind === 'read' ? 3000 : length;
  const pattern = kind === 'write' || kind === 'fua' ? ` ${String(byte)}` : '';
  return `${KINDS[kind]}${pattern} ${String(start)} ${String(Math.min(length, most, size - start))}`;
}

/** What qemu-io reads, byte by byte. */
async function readings(target: string, commands: readonly string[]): Promise<string> {
  const argv = ['-f', 'raw', ...commands.flatMap((command) => ['-c', command]), target];
  const { stdout } = await execute('qemu-io', argv, { maxBuffer: 2 ** 28 });
  return stdout
    .split('\n')
    .filter((line) => /^[0-9a-f]{8}:/.test(line))
    .join('\n');
}

const served = { disks: 0, changes: 0 };

test.runIf(hasQemu && hasLibnbd)(
  'clients read what QEMU reads of the images, and what they wrote themselves',
  async () => {
    const root = await temporaryDirectory();
    await fc.assert(
      fc.asyncProperty(
        anyDisk,
        fc.array(change, { maxLength: 20 }),
        fc.boolean(),
        async (make, changes, isFile) => {
          const directory = await mkdtemp(join(root, 'disk'));
          try {
            const { path, raw } = await make(directory);
            const { size } = await stat(raw);
            await using snapshot = await openSnapshot(path);
            expect(snapshot.size).toBe(size);
            const socket = join(directory, 'reads');
            const reads = await serveNbd(snapshot, { address: { socket } });
            const copy = join(directory, 'by nbdcopy');
            await nbdcopy(reads.uri, copy);
            expect((await readFile(copy)).equals(await readFile(raw))).toBe(true);
            await identical(reads.uri, raw);
            const map = JSON.parse(await nbdinfo('--json', '--map', reads.uri)) as readonly {
              readonly offset: number;
              readonly length: number;
              readonly type: number;
            }[];
            const bytes = await readFile(raw);
            const zeros = map.filter(({ type }) => type !== 0);
            for (const { offset, length } of zeros)
              expect(bytes.subarray(offset, offset + length).every((byte) => byte === 0)).toBe(
                true,
              );
            expect(map.reduce((sum, { length }) => sum + length, 0)).toBe(size);
            await reads.close();

            const file = join(directory, 'overlay');
            const overlay = isFile ? { file } : 'memory';
            const writes = await serveNbd(snapshot, { address: { socket }, overlay });
            // QEMU reads and writes raw disks in whole sectors.
            const whole = size - (size % 512);
            const commands = whole === 0 ? [] : changes.map((one) => commandOf(one, whole));
            if (commands.length > 0)
              expect(await readings(`nbd:unix:${socket}`, commands)).toBe(
                await readings(raw, commands),
              );
            await identical(writes.uri, raw);
            await writes.close();
            await snapshot.checkUnchanged();
            await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
            await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
            served.disks += 1;
            served.changes += commands.length;
          } finally {
            await rm(directory, { recursive: true });
          }
        },
      ),
      { ...sample('served disks', 1), endOnFailure: true },
    );
    console.info(`served: ${JSON.stringify(served)}`);
  },
  PATIENCE,
);

async function identical(uri: string, raw: string): Promise<void> {
  const said = await qemuImg('compare', '-f', 'raw', '-F', 'raw', uri, raw);
  expect(said).toBe('Images are identical.\n');
}
