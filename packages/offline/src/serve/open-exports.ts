import { refuseOutput } from '../files/refuse-output.ts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import type { ExportRow, OpenedExport } from './exports.ts';
import { fileStore, memoryStore, type BlockStore } from './overlay/block-store.ts';
import { withOverlay } from './overlay/overlay.ts';
import type { Report } from './report-findings.ts';
import { snapshotDisk } from './snapshot-disk.ts';

/** Where the writes to an export go: to memory, or to a new file. */
export type Overlay = 'memory' | { readonly file: string };

/** A snapshot that is opened when a client asks for it, and closed later on. */
export interface OtherSnapshot {
  /** The name of the export: a GUID, or the ID of a snapshot inside a qcow2 image. */
  readonly name: string;
  readonly open: () => Promise<Snapshot>;
}

/** How exports are opened. */
export interface OpeningOptions {
  readonly partition: number | undefined;
  /** Ends the look at the tables of the images. */
  readonly signal: AbortSignal;
  readonly report: Report;
}

const MOST_OVERLAY_BYTES = 2 ** 28;

/** An export of a snapshot that its caller has opened, and closes. */
export async function givenExport(
  snapshot: Snapshot,
  { partition, signal, report }: OpeningOptions,
  overlay: Overlay | undefined,
  overlayBytes = MOST_OVERLAY_BYTES,
): Promise<OpenedExport> {
  const { disk, diagnostics } = await snapshotDisk(snapshot, partition, signal);
  report(diagnostics);
  if (overlay === undefined) return { disk, close: () => Promise.resolve() };
  const store = await storeFor(snapshot, overlay, overlayBytes);
  return { disk: withOverlay(disk, store), close: store.close };
}

async function storeFor(
  snapshot: Snapshot,
  overlay: Overlay,
  mostBytes: number,
): Promise<BlockStore> {
  if (overlay === 'memory') return memoryStore(mostBytes);
  await refuseOutput(snapshot, overlay.file);
  return fileStore(overlay.file);
}

/** A read-only export that is opened when it is needed. */
export function otherExport(
  { name, open }: OtherSnapshot,
  { partition, signal, report }: OpeningOptions,
): ExportRow {
  return {
    name,
    description: `snapshot ${name}`,
    open: async () => {
      const snapshot = await open();
      try {
        const { disk, diagnostics } = await snapshotDisk(snapshot, partition, signal);
        report(diagnostics);
        return { disk, close: snapshot.close };
      } catch (error) {
        await snapshot.close();
        throw error;
      }
    },
  };
}
