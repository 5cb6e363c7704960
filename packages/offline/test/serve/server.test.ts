import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { TOP_GUID, type Diagnostic } from '@ploop/descriptor';
import { descriptorXml, imageBytes, temporaryDirectory, testGuid } from '@ploop/test-kit';
import { hasLibnbd, nbdcopy, nbdinfo } from '@ploop/test-kit/nbd';
import { hasQemu, qemuIo } from '@ploop/test-kit/qemu';
import { expect, onTestFinished, test } from 'vitest';

import { openSnapshot, serveNbd, type NbdServer, type ServeNbdOptions } from '../../src/index.ts';
import { HELLO, option, packed, request, wantedOf } from './client.ts';

const CLUSTER = 32_768;

/** A disk of 16 clusters with a snapshot: both images hold four clusters, filled with 1 to 4. */
async function disk(entries: readonly number[] = [1, 2, 3, 4]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const name of ['d0', 'd1'])
    await writeFile(join(directory, name), imageBytes({ clusters: 16 }, entries, 4));
  const xml = descriptorXml([{}, { parent: 0 }], { size: '1024', blockSize: '64' });
  await writeFile(join(directory, 'DiskDescriptor.xml'), xml);
  return directory;
}

/** Serves a disk for the running test. */
async function serving(
  path: string,
  options: Partial<ServeNbdOptions> = {},
): Promise<NbdServer & { readonly port: number; readonly findings: readonly Diagnostic[] }> {
  const snapshot = await openSnapshot(path);
  const findings: Diagnostic[] = [];
  const server = await serveNbd(snapshot, {
    address: { port: 0 },
    onFinding: (finding) => findings.push(finding),
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    await snapshot.close();
  });
  return { ...server, port: server.port ?? 0, findings };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const OPENING = Buffer.concat([HELLO, option(8), option(7, wantedOf(''))]);

test('the socket belongs to its owner, and nothing is replaced', async () => {
  const path = await disk();
  const directory = await temporaryDirectory();
  const socket = join(directory, 's');
  const { close, uri } = await serving(path, { address: { socket } });
  expect(uri).toBe(`nbd+unix:///?socket=${socket}`);
  const stats = await stat(socket);
  expect([stats.isSocket(), stats.mode & 0o777]).toEqual([true, 0o600]);
  await expect(serving(path, { address: { socket } })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  await close();
  await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  const link = join(directory, 'link');
  await symlink(join(directory, 'elsewhere'), link);
  for (const address of [
    { socket: link },
    { socket: join(path, 'd1') },
    { socket: join(path, 'root.hdd/s') },
    { socket: join(directory, 'x'.repeat(200)) },
  ])
    await expect(serving(path, { address })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  await expect(stat(join(directory, 'elsewhere'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.runIf(process.platform === 'linux')(
  'a socket is made in its own directory, even if that is a file system',
  async () => {
    const socket = join('/dev/shm', `ploop-${randomUUID()}`);
    const { close } = await serving(await disk(), { address: { socket } });
    expect((await stat(socket)).isSocket()).toBe(true);
    await close();
    await expect(stat(socket)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);

test('a port is for this machine only, and taken once', async () => {
  const path = await disk();
  const { port, uri } = await serving(path);
  expect(uri).toBe(`nbd://127.0.0.1:${String(port)}/`);
  await expect(serving(path, { address: { port } })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});

test('an overlay is a new file, gone at the end', async () => {
  const path = await disk();
  const directory = await temporaryDirectory();
  const file = join(directory, 'overlay');
  const { close } = await serving(path, { overlay: { file } });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(serving(path, { overlay: { file } })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
  await close();
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(serving(path, { overlay: { file: join(path, 'd1') } })).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
  });
});

test.runIf(hasLibnbd)('every snapshot is an export', async () => {
  const path = await disk();
  const others = [
    { name: testGuid(0), open: () => openSnapshot(path, testGuid(0)) },
    { name: testGuid(7), open: () => openSnapshot(path, testGuid(7)) },
  ];
  const { port, exports, uri, findings } = await serving(path, { others });
  expect(exports.map(({ name }) => name)).toEqual([TOP_GUID, testGuid(0), testGuid(7)]);
  const to = join(await temporaryDirectory(), 'copy');
  const named = `nbd://127.0.0.1:${String(port)}/${testGuid(0).slice(1, -1).toUpperCase()}`;
  for (const one of [uri, exports[0]?.uri ?? '', exports[1]?.uri ?? '', named]) {
    await nbdcopy(one, to);
    const bytes = await readFile(to);
    expect([0, 1, 2, 3, 4].map((cluster) => bytes[cluster * CLUSTER])).toEqual([1, 2, 3, 4, 0]);
  }
  expect(findings.map(({ code }) => code)).not.toContain('SHOT_UNKNOWN');
  await expect(nbdinfo(exports[2]?.uri ?? '')).rejects.toThrow('Command failed');
  await expect(nbdinfo(`nbd://127.0.0.1:${String(port)}/nope`)).rejects.toThrow('Command failed');
  expect(findings.map(({ code }) => code)).toContain('SHOT_UNKNOWN');
});

test.runIf(hasLibnbd)('damage is an error of the client, and a finding', async () => {
  const path = await disk([1, 2, 3, 40_000]);
  const { uri, findings } = await serving(path);
  const to = join(await temporaryDirectory(), 'copy');
  await expect(nbdcopy(uri, to)).rejects.toThrow('Input/output error');
  expect(findings.map(({ code }) => code)).toContain('CLUSTER_BEYOND_END');
});

test.runIf(hasLibnbd)('an image that is written to is not read any more', async () => {
  const path = await disk();
  const { uri, findings } = await serving(path);
  const to = join(await temporaryDirectory(), 'copy');
  await nbdcopy(uri, to);
  const image = await open(join(path, 'd0'), 'r+');
  await image.write('x', 2 * CLUSTER);
  await image.close();
  await utimes(join(path, 'd0'), 1, 1);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await expect(nbdcopy(uri, to)).rejects.toThrow('Input/output error');
  expect(findings.map(({ code }) => code)).toContain('IMAGE_CHANGED');
});

test.runIf(hasQemu)('an overlay in memory takes so much and no more', async () => {
  const path = await disk();
  const { port } = await serving(path, { overlay: 'memory', overlayBytes: 65_536 });
  const target = `nbd://127.0.0.1:${String(port)}/`;
  await qemuIo(target, ['write -P 1 0 64k', 'write -z 0 32k', 'write -P 2 96k 32k'], 'raw');
  await expect(qemuIo(target, ['write -P 1 200k 4k'], 'raw')).rejects.toMatchObject({
    stdout: expect.stringContaining('No space left') as string,
  });
  await qemuIo(target, ['read -P 0 0 32k', 'read -P 1 32k 32k', 'read -P 2 96k 32k'], 'raw');
});

test('the signal ends the server and its connections', async () => {
  const stop = new AbortController();
  const path = await disk();
  const { port, ended } = await serving(path, { signal: stop.signal });
  const socket = await connected(port);
  socket.write(OPENING);
  await once(socket, 'data');
  const closed = once(socket, 'close');
  stop.abort();
  socket.resume();
  await Promise.all([ended, closed]);
  await expect(serving(path, { signal: stop.signal })).rejects.toBe(stop.signal.reason);
});

test('clients that stop half way keep no one from being served', async () => {
  const path = await disk();
  const { port } = await serving(path, { overlay: 'memory' });
  const parts = [
    ...[Buffer.alloc(0), Buffer.alloc(5), Buffer.alloc(9000, 0x41), HELLO, OPENING],
    Buffer.concat([OPENING, request(1, 0, 2 ** 25, 0, Buffer.alloc(1000))]),
    Buffer.concat([OPENING, ...Array.from({ length: 200 }, () => request(0, 0, 2 ** 19))]),
    Buffer.concat([OPENING, packed([4, 0x25609513])]),
  ];
  const sockets: Socket[] = [];
  for (let count = 0; count < 24; count += 1) {
    const socket = await connected(port);
    socket.pause();
    socket.write(parts[count % parts.length] ?? '');
    sockets.push(socket);
  }
  const socket = await connected(port);
  socket.write(Buffer.concat([OPENING, request(0, 0, 4), request(2, 0, 0)]));
  expect((await buffer(socket)).toString('latin1')).toContain('\u0001'.repeat(4));
  for (const one of [...sockets, socket]) one.destroy();
});

test('more connections than are served are turned away', async () => {
  const path = await disk();
  const { port } = await serving(path);
  const seen = { greeted: 0, closed: 0 };
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('data', () => (seen.greeted += 1));
    socket.on('close', () => (seen.closed += 1));
    return socket;
  });
  await expect.poll(() => seen.greeted + seen.closed, { timeout: 20_000 }).toBe(200);
  expect(seen.greeted).toBe(128);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => seen.closed, { timeout: 20_000 }).toBe(200);
  await expect.poll(() => greeting(port), { timeout: 20_000 }).toContain('NBDMAGIC');
});

/** What a new client hears first; nothing if it is turned away. */
async function greeting(port: number): Promise<string> {
  const socket = await connected(port);
  const [chunk = ''] = (await Promise.race([
    once(socket, 'data'),
    once(socket, 'close'),
  ])) as unknown[];
  socket.destroy();
  return String(chunk);
}
