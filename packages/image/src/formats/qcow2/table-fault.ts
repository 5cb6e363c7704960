import { diagnostic, type Diagnostic } from '@ploop/descriptor';

/** The finding about a table, or a cluster of data, that is placed where it cannot be. */
export function tableFault(
  file: string,
  table: 'L2 table' | 'refcount block',
  cluster: number,
  offset: number,
  clusterBytes: number,
): Diagnostic {
  const where =
    offset % clusterBytes === 0 ? 'beyond the end of the file' : 'between two clusters of the file';
  const reason = `it is at byte ${String(offset)}, ${where}`;
  return diagnostic('TABLE_DAMAGED', { file, table, cluster, reason });
}

/** The finding about an L2 entry that contradicts itself. */
export function entryInvalid(file: string, cluster: number, reason: string): Diagnostic {
  return diagnostic('TABLE_DAMAGED', { file, table: 'L2 entry', cluster, reason });
}

/** The fault of the place of a cluster of data; `undefined` if it is sound. The end of a file may be that of its data. */
export function placeFault(
  file: string,
  cluster: number,
  offset: number,
  { clusterBytes, fileBytes }: { readonly clusterBytes: number; readonly fileBytes: number },
): Diagnostic | undefined {
  if (offset % clusterBytes !== 0)
    return diagnostic('CLUSTER_MISALIGNED', { file, cluster, offset });
  if (offset < fileBytes) return undefined;
  return diagnostic('CLUSTER_BEYOND_END', { file, cluster, offset, bytes: fileBytes });
}
