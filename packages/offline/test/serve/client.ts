import { createMemory } from '../../src/serve/protocol/memory.ts';
import type { ServedDisk, ServedExports, StatusRun } from '../../src/serve/protocol/served-disk.ts';
import { serveConnection } from '../../src/serve/protocol/session.ts';
import { createWire } from '../../src/serve/protocol/wire.ts';

/** Bytes that a client sends: numbers with their width, and texts. */
export function packed(
  ...fields: readonly (readonly [width: 2 | 4 | 8, value: number | bigint] | string)[]
): Buffer {
  return Buffer.concat(
    fields.map((field) => {
      if (typeof field === 'string') return Buffer.from(field);
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(field[1]));
      return bytes.subarray(8 - field[0]);
    }),
  );
}

/** The answer to the greeting: fixed newstyle, no zeroes. */
export const HELLO = packed([4, 3]);

/** An option. */
export function option(number: number, data: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([packed('IHAVEOPT', [4, number], [4, data.length]), data]);
}

/** The data of `NBD_OPT_GO` and `NBD_OPT_INFO`. */
export function wantedOf(name: string, ...wanted: readonly number[]): Buffer {
  const list = wanted.map((one) => [2, one] as const);
  return packed([4, Buffer.byteLength(name)], name, [2, wanted.length], ...list);
}

/** The data of the options about metadata contexts. */
export function queriesOf(name: string, ...queries: readonly string[]): Buffer {
  const list = queries.flatMap((query) => [[4, query.length] as const, query]);
  return packed([4, name.length], name, [4, queries.length], ...list);
}

/** A request: its cookie is its command. */
export function request(
  command: number,
  position: number | bigint,
  length: number,
  flags = 0,
  data: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = packed([4, 0x25609513], [2, flags], [2, command], [8, command], [8, position]);
  return Buffer.concat([head, packed([4, length]), data]);
}

/** A disk of 1 MiB in memory: 256 KiB of data, a hole up to the middle, and data again. */
export function memoryDisk(
  more: Partial<ServedDisk> = {},
): ServedDisk & { readonly bytes: Buffer } {
  const [size, quarter, half] = [2 ** 20, 2 ** 18, 2 ** 19];
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4)
    if (at < quarter || at >= half) bytes.writeUInt32BE(at + 1, at);
  return {
    name: 'disk',
    description: 'a disk',
    size,
    bytes,
    readInto: (target, position) => {
      target.set(bytes.subarray(position, position + target.length));
      return Promise.resolve();
    },
    status: ({ start, end }) => {
      const runs: StatusRun[] = [];
      for (const [from, to, isZero] of [
        [0, quarter, false],
        [quarter, half, true],
        [half, size, false],
      ] as const) {
        const length = Math.min(end, to) - Math.max(start, from);
        if (length > 0) runs.push({ length, isZero });
      }
      return Promise.resolve(runs);
    },
    ...more,
  };
}

/** The exports of a server with one disk. */
export function exportsOf(disk: ServedDisk): ServedExports {
  return {
    list: [{ name: '', description: 'default' }, disk],
    open: (name) =>
      Promise.resolve(
        name === '' || name === disk.name ? { disk, release: () => undefined } : undefined,
      ),
  };
}

/** Sends all of a client's bytes, in chunks of one size, and returns the server's, and what failed. */
export async function converse(
  exports: ServedExports,
  bytes: Uint8Array,
  chunk = 65_536,
): Promise<{ readonly output: Buffer; readonly failures: readonly unknown[] }> {
  const sent: Buffer[] = [];
  const failures: unknown[] = [];
  let at = 0;
  const wire = createWire({
    next: () => {
      const part = bytes.subarray(at, at + chunk);
      at += part.length;
      return Promise.resolve(part.length === 0 ? undefined : part);
    },
    send: (parts) => {
      // The memory of a part may be used again.
      sent.push(...parts.map((part) => Buffer.from(part)));
      return Promise.resolve();
    },
    hasEnded: () => false,
  });
  await serveConnection(wire, {
    exports,
    memory: createMemory(2 ** 26, () => undefined),
    onAgreed: () => undefined,
    onFailure: (error) => failures.push(error),
  });
  return { output: Buffer.concat(sent), failures };
}

/** A reply to an option. */
export interface OptionReply {
  readonly option: number;
  readonly type: number;
  readonly data: Buffer;
}

/** Bytes of the greeting. */
export const GREETING_BYTES = 18;

/** Splits the replies to options after the greeting. */
export function optionReplies(output: Buffer): readonly OptionReply[] {
  const replies: OptionReply[] = [];
  for (let at = GREETING_BYTES; at < output.length;) {
    if (output.readBigUInt64BE(at) !== 0x3e889045565a9n) throw new Error('no reply to an option');
    const length = output.readUInt32BE(at + 16);
    const data = output.subarray(at + 20, at + 20 + length);
    replies.push({ option: output.readUInt32BE(at + 8), type: output.readUInt32BE(at + 12), data });
    at += 20 + length;
  }
  return replies;
}

/** A chunk of a structured reply, or a simple reply without data. */
export interface Answer {
  readonly cookie: number;
  readonly isDone: boolean;
  /** `simple`, or the type of the chunk. */
  readonly type: number | 'simple';
  readonly error?: number;
  readonly data: Buffer;
}

/** Splits what was sent in the transmission phase, where no simple reply has data. */
export function answers(output: Buffer): readonly Answer[] {
  const list: Answer[] = [];
  for (let at = 0; at < output.length;) {
    if (output.readUInt32BE(at) === 0x67446698) {
      const cookie = Number(output.readBigUInt64BE(at + 8));
      const error = output.readUInt32BE(at + 4);
      list.push({ cookie, isDone: true, type: 'simple', error, data: Buffer.alloc(0) });
      at += 16;
      continue;
    }
    if (output.readUInt32BE(at) !== 0x668e33ef) throw new Error(`no reply at byte ${String(at)}`);
    const length = output.readUInt32BE(at + 16);
    const data = output.subarray(at + 20, at + 20 + length);
    const type = output.readUInt16BE(at + 6);
    list.push({
      cookie: Number(output.readBigUInt64BE(at + 8)),
      isDone: output.readUInt16BE(at + 4) === 1,
      type,
      ...(type === 0x8001 && { error: data.readUInt32BE(0) }),
      data,
    });
    at += 20 + length;
  }
  return list;
}
