import { type Diagnostic, DescriptorError, guidKey } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import type { ConfineOptions } from '@ploop/descriptor/node';
import { isGone } from '@ploop/descriptor/node/internal';

import { checkFiles } from '../check/check-files.ts';
import { diskAt } from '../disk/load-disk.ts';

/**
 * The error of a snapshot that cannot be opened as a file is not there, with what check says of the missing images of
 * the snapshot; any other error as it is.
 */
export async function explainGone(
  path: string,
  guid: string | undefined,
  error: unknown,
  { confine }: ConfineOptions,
): Promise<unknown> {
  if (!(error instanceof DescriptorError) || !isGone(error.cause)) return error;
  const [first, ...rest] = await missingOf(path, guid, { confine }).catch(() => []);
  return first === undefined
    ? error
    : new DescriptorError([first, ...rest], { cause: error.cause });
}

async function missingOf(
  path: string,
  guid: string | undefined,
  { confine }: ConfineOptions,
): Promise<readonly Diagnostic[]> {
  const loaded = await runAsync(diskAt(path, undefined, { confine }));
  const { graph } = loaded;
  const wanted = guid ?? graph?.top?.guid;
  if (graph === undefined || wanted === undefined) return [];
  const chain = new Set(graph.chain(wanted).map((node) => guidKey(node.guid)));
  const findings = await checkFiles(loaded, { confine });
  return findings.filter(
    ({ code, data }) =>
      (code === 'DELTA_MISSING' || code === 'SPARE_DELTA_MISSING') && chain.has(guidKey(data.guid)),
  );
}
