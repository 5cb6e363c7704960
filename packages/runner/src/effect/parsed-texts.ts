import { parseDescriptor, type DiskDescriptor, type SnapshotGraph } from '@ploop/descriptor';

/** What a descriptor says that the tool accepts. */
export interface ParsedText {
  readonly descriptor: DiskDescriptor;
  readonly graph: SnapshotGraph;
}

interface Kept {
  readonly source: string | Uint8Array;
  readonly parsed: ParsedText | undefined;
}

/** A disk and the volume that it continues from. */
const MOST_KEPT = 2;

/**
 * Parses descriptors, and returns what it made of one of the last texts for the same text: guards, the look before a run and
 * that after it read one descriptor several times. `undefined` for what the tool does not accept.
 */
export function createParser(): (source: string | Uint8Array) => ParsedText | undefined {
  const kept: Kept[] = [];
  return (source) => {
    const known = kept.find((one) => isSame(one.source, source));
    if (known !== undefined) return known.parsed;
    const { accepted, descriptor, graph } = parseDescriptor(source);
    const parsed = accepted ? { descriptor, graph } : undefined;
    kept.unshift({ source, parsed });
    kept.length = Math.min(kept.length, MOST_KEPT);
    return parsed;
  };
}

function isSame(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return Buffer.compare(one, other) === 0;
}
