import { shareOf, type Memory } from './memory.ts';
import { negotiate } from './negotiate.ts';
import type { ServedExports } from './served-disk.ts';
import { transmit } from './transmit.ts';
import type { Wire } from './wire.ts';

/** What a connection is served from. */
export interface SessionOptions {
  readonly exports: ServedExports;
  readonly memory: Memory;
  /** Called when the client has chosen an export. */
  readonly onAgreed: () => void;
  /** Called with what a disk throws, and the export that it is about. */
  readonly onFailure: (error: unknown, name: string) => void;
}

/** Serves one connection to its end. Never throws: a client that leaves is not an error. */
export async function serveConnection(
  wire: Wire,
  { exports, memory, onAgreed, onFailure }: SessionOptions,
): Promise<void> {
  try {
    const agreed = await negotiate(wire, exports, onFailure);
    if (agreed === undefined) return;
    const { disk, release, isStructured, hasAllocation } = agreed;
    try {
      onAgreed();
      await transmit({
        ...{ wire, disk, isStructured, hasAllocation },
        memory: shareOf(memory),
        onFailure: (error) => {
          onFailure(error, disk.name);
        },
      });
    } finally {
      release();
    }
  } catch {
    // The connection has ended, and nothing can be sent any more.
  }
}
