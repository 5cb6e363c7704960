import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';

import type { ReadAt } from '@ploop/descriptor/internal';
import { systemPath } from '@ploop/test-kit/programs';

/** Runs a program of the system and gives what it prints. */
export function run(program: string, argv: readonly string[], input = ''): string {
  const env = { ...process.env, PATH: systemPath, LC_ALL: 'C.UTF-8' };
  return execFileSync(program, argv, { env, input, encoding: 'utf8', stdio: 'pipe' });
}

/** Makes a file of zeros that takes no space. */
export async function makeSparse(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx');
  await file.truncate(bytes);
  await file.close();
}

/** Lets `use` read a file. */
export async function withReader<Result>(
  path: string,
  use: (readAt: ReadAt) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'r');
  try {
    return await use(async (target, position) => {
      const { bytesRead } = await file.read(target, 0, target.length, position);
      return bytesRead;
    });
  } finally {
    await file.close();
  }
}

/** Overwrites bytes of a file in place. */
export async function patch(path: string, position: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}
