import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { requireCall } from '@ploop/descriptor/arguments';

import { IMAGE } from '../../../arguments.ts';
import { bytesInCluster, type ImageLayout } from '../layout.ts';

/** Whether the allocated entry of a virtual cluster leads to a cluster of data in the file with all its bytes. */
export function isSound(layout: ImageLayout, cluster: number, entry: number): boolean {
  const { entryBytes, clusterBytes, dataStart, fileBytes, grid } = layout;
  const offset = entry * entryBytes;
  return (
    offset >= dataStart &&
    offset + bytesInCluster(layout, cluster) <= fileBytes &&
    // A cluster is a whole number of units: the remainder of a small number takes far less time than that of an offset.
    (grid === undefined || (entry % (clusterBytes / entryBytes)) * entryBytes === grid)
  );
}

/**
 * The fault of the BAT entry of a virtual cluster; `undefined` if the entry is sound or the cluster is not allocated.
 *
 * @throws DescriptorError with code `OPTION_INVALID` for an argument of the wrong type.
 */
export function entryFault(
  file: string,
  layout: ImageLayout,
  cluster: number,
  entry: number,
): Diagnostic | undefined {
  requireCall(IMAGE.entryFault, [file, layout, cluster, entry]);
  return faultOfEntry(file, layout, cluster, entry);
}

/** {@link entryFault} for tables of many entries, of arguments that are right. */
export function faultOfEntry(
  file: string,
  layout: ImageLayout,
  cluster: number,
  entry: number,
): Diagnostic | undefined {
  if (entry === 0 || isSound(layout, cluster, entry)) return undefined;
  const { entryBytes, dataStart, fileBytes } = layout;
  const offset = entry * entryBytes;
  if (offset < dataStart)
    return diagnostic('CLUSTER_BEFORE_DATA', { file, cluster, offset, dataStart });
  if (offset + bytesInCluster(layout, cluster) > fileBytes)
    return diagnostic('CLUSTER_BEYOND_END', { file, cluster, offset, bytes: fileBytes });
  return diagnostic('CLUSTER_MISALIGNED', { file, cluster, offset });
}
