/** Both directions of a connection, as the protocol uses them. */
export interface Wire {
  /** The next `length` bytes; `undefined` if the connection ends before the last of them. */
  readonly take: (length: number) => Promise<Uint8Array | undefined>;
  /** Drops the next bytes. `false` if the connection ends before the last of them. */
  readonly skip: (length: number) => Promise<boolean>;
  /**
   * Sends bytes, nothing between them. Resolves when they have left this process, so that their memory can be used again.
   *
   * @throws ConnectionEnded
   */
  readonly send: (parts: readonly Uint8Array[]) => Promise<void>;
  /** Whether nothing can be sent any more. */
  readonly hasEnded: () => boolean;
}

/** The other side has left: nothing can be sent to it. */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
}

/** A connection without an input that can be asked for so many bytes. */
export interface WireEnds extends Pick<Wire, 'send' | 'hasEnded'> {
  /** The next chunk; `undefined` at the end of the input. */
  readonly next: () => Promise<Uint8Array | undefined>;
}

/** A wire over chunks. It holds one of them, and what was asked for. */
export function createWire({ next, send, hasEnded }: WireEnds): Wire {
  let held: Uint8Array = new Uint8Array(0);

  /** Makes sure that at least one byte is held. */
  async function more(): Promise<boolean> {
    while (held.length === 0) {
      const chunk = await next();
      if (chunk === undefined) return false;
      held = chunk;
    }
    return true;
  }

  async function take(length: number): Promise<Uint8Array | undefined> {
    if (held.length >= length) {
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    }
    const taken = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (!(await more())) return undefined;
      const part = held.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      held = held.subarray(part.length);
    }
    return taken;
  }

  async function skip(length: number): Promise<boolean> {
    for (let left = length; left > 0;) {
      if (!(await more())) return false;
      const dropped = Math.min(left, held.length);
      held = held.subarray(dropped);
      left -= dropped;
    }
    return true;
  }

  return { take, skip, send, hasEnded };
}
