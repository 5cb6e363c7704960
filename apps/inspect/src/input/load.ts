import type { AcceptedResult, Diagnostic } from '@ploop/descriptor';
import type { DescriptorFile } from '@ploop/descriptor/node';
import { loadDescriptorOrImage, type AloneDisk, type LoadedDisk } from '@ploop/offline';

/** A descriptor from which a model could be read. */
export type Readable = DescriptorFile &
  Pick<AcceptedResult, 'descriptor' | 'graph' | 'diagnostics'> & {
    readonly accepted: boolean;
    /** Present if it is a qcow2 image or a bare disk without a descriptor. */
    readonly alone?: AloneDisk;
  };

/** A descriptor, or the descriptor of an image alone. */
export interface Loaded {
  readonly path: string;
  readonly accepted: boolean;
  /** Absent if there is no model. */
  readonly disk: Readable | undefined;
  readonly findings: readonly Diagnostic[];
}

/**
 * Reads what is at a path.
 *
 * @throws DescriptorError if there is neither a descriptor nor an image alone.
 */
export async function load(path: string): Promise<Loaded> {
  const { descriptor, graph, ...rest } = await loadDescriptorOrImage(path);
  const isReadable = descriptor !== undefined && graph !== undefined;
  return {
    path: isReadable ? rest.path : path,
    accepted: isReadable && rest.accepted,
    disk: isReadable ? { ...rest, descriptor, graph } : undefined,
    findings: rest.diagnostics,
  };
}

/** The descriptors of the parent volumes that a disk goes on in, the nearest first. */
export function volumesOf(loaded: LoadedDisk | undefined): readonly string[] {
  return loaded?.parents?.map(({ path }) => path) ?? [];
}
