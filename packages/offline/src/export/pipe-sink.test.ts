import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, createReadStream, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot, type Snapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

const CLUSTER = 32_768;
const CLUSTERS = 400;

/** A pipe, and a disk of 12.5 MiB with data in every second cluster. */
async function piped(): Promise<{ pipe: string; model: Buffer; snapshot: Snapshot }> {
  const directory = await temporaryDirectory();
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const model = Buffer.alloc(CLUSTERS * CLUSTER);
  let used = 0;
  const bat = Array.from({ length: CLUSTERS }, (_, cluster) =>
    cluster % 2 === 0 ? (used += 1) : 0,
  );
  const bytes = imageBytes({ clusters: CLUSTERS }, bat, used);
  for (const [cluster, entry] of bat.entries())
    if (entry > 0)
      model.set(bytes.subarray(entry * CLUSTER, (entry + 1) * CLUSTER), cluster * CLUSTER);
  await writeFile(join(directory, 'd0'), bytes);
  await writeFile(join(directory, 'DiskDescriptor.xml'), descriptorXml([{}], { blockSize: '64' }));
  return { pipe, model, snapshot: await openSnapshot(directory) };
}

/** Opens a pipe as a reader who stands still. */
const standStill = (pipe: string): number =>
  openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);

test('a pipe is waited for until somebody reads it, and gets all bytes in order', async () => {
  const { pipe, model, snapshot } = await piped();
  const exported = exportSnapshot(snapshot, pipe);
  await setTimeout(100);
  const reader = createReadStream(pipe);
  await once(reader, 'readable');
  await setTimeout(100);
  expect(model.equals(await buffer(reader))).toBe(true);
  expect(await exported).toMatchObject({ size: model.length });
  await snapshot.close();
});

test('a pipe that nobody reads is not waited for after the signal', async () => {
  const { pipe, snapshot } = await piped();
  const stop = new AbortController();
  const exported = exportSnapshot(snapshot, pipe, { signal: stop.signal });
  await setTimeout(100);
  stop.abort(new Error('enough'));
  await expect(exported).rejects.toThrow('enough');
  await snapshot.close();
});

test('a pipe whose reader stands still is not waited for after the signal', async () => {
  const { pipe, snapshot } = await piped();
  const reader = standStill(pipe);
  const stop = new AbortController();
  const exported = exportSnapshot(snapshot, pipe, { signal: stop.signal });
  await setTimeout(200);
  stop.abort(new Error('enough'));
  await expect(exported).rejects.toThrow('enough');
  closeSync(reader);
  await snapshot.close();
});

test('a pipe whose reader goes away takes no more', async () => {
  const { pipe, snapshot } = await piped();
  const reader = standStill(pipe);
  const exported = exportSnapshot(snapshot, pipe);
  void setTimeout(200).then(() => {
    closeSync(reader);
  });
  await expect(exported).rejects.toMatchObject({
    code: 'EXPORT_PIPE_CLOSED',
    message: expect.stringMatching(/pipe" was closed by what reads it/) as unknown,
    cause: { code: 'EPIPE' },
  });
  await snapshot.close();
});
