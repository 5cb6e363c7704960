import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ImageLayout } from './layout.ts';

/** Whether an allocated entry of a BAT leads to a whole cluster of data in the file. */
export function isSound(
  { entryBytes, clusterBytes, dataStart, fileBytes }: ImageLayout,
  entry: number,
): boolean {
  const offset = entry * entryBytes;
  return offset >= dataStart && offset + clusterBytes <= fileBytes && offset % clusterBytes === 0;
}

/** What is wrong with the entry of a virtual cluster; `undefined` where nothing is, or where it is not allocated. */
export function entryFault(
  file: string,
  layout: ImageLayout,
  cluster: number,
  entry: number,
): Diagnostic | undefined {
  if (entry === 0 || isSound(layout, entry)) return undefined;
  const { entryBytes, clusterBytes, dataStart, fileBytes } = layout;
  const offset = entry * entryBytes;
  if (offset < dataStart)
    return diagnostic('CLUSTER_BEFORE_DATA', { file, cluster, offset, dataStart });
  if (offset + clusterBytes > fileBytes)
    return diagnostic('CLUSTER_BEYOND_END', { file, cluster, offset, bytes: fileBytes });
  return diagnostic('CLUSTER_MISALIGNED', { file, cluster, offset });
}
