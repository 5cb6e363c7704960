import { execFile, spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Why qemu-img and qemu-io cannot be used here, in a few words; `undefined` where they can. */
export const qemuProblem: string | undefined = tryQemu();

/** Whether qemu-img and qemu-io can be used here. Tests that need them are skipped without, except with CI=true. */
export const hasQemu: boolean = qemuProblem === undefined;

function tryQemu(): string | undefined {
  for (const program of ['qemu-img', 'qemu-io']) {
    const { status, error } = spawnSync(program, ['--version']);
    if (error !== undefined) return error.message;
    if (status !== 0) return `${program} fails`;
  }
  return undefined;
}

/** Runs qemu-img and gives its stdout. */
export async function qemuImg(...argv: readonly string[]): Promise<string> {
  const { stdout } = await execute('qemu-img', argv, { maxBuffer: 2 ** 30 });
  return stdout;
}

/** Runs commands of qemu-io on an image that it opens for writing. `format`: by default what its first bytes say. */
export async function qemuIo(
  image: string,
  commands: readonly string[],
  format?: string,
): Promise<void> {
  const as = format === undefined ? [] : ['-f', format];
  await execute('qemu-io', [...as, ...commands.flatMap((command) => ['-c', command]), image]);
}

/** The name under which QEMU opens images, base first, as one disk. Their drivers come from their first bytes. */
export async function qemuName(files: readonly string[]): Promise<string> {
  let node: object | undefined;
  for (const filename of files) {
    const driver = (await isPloop(filename)) ? 'parallels' : 'raw';
    const below = node === undefined ? {} : { backing: node };
    node = { driver, file: { driver: 'file', filename }, ...below };
  }
  return `json:${JSON.stringify(node)}`;
}

async function isPloop(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(6), 0, 6, 0);
    return buffer.toString('latin1') === 'Withou';
  } finally {
    await handle.close();
  }
}
