import { diagnostic, type Diagnostic, resolveFile } from '@ploop/descriptor';
import { runAsync, type Steps, refuseTooManyOpen } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { leadsOutside, linkStatus } from '@ploop/descriptor/node/internal';

import type { LoadedDisk } from '../disk/load-disk.ts';

/** The same findings; those about temporary snapshots say how large the images are that will be merged. */
export async function withTemporaryImages(
  findings: readonly Diagnostic[],
  { directory, graph }: LoadedDisk,
  confinement: Confinement,
): Promise<readonly Diagnostic[]> {
  const sized = async (guid: string | undefined) => {
    const name = guid === undefined ? undefined : graph?.node(guid)?.image?.file;
    if (name === undefined) return undefined;
    const file = resolveFile(directory, name);
    const bytes = await runAsync(sizeAt(file, confinement));
    return bytes === undefined ? undefined : { file, bytes };
  };
  return Promise.all(
    findings.map(async (finding) => {
      const { code, data } = finding;
      if (code !== 'TEMPORARY_SNAPSHOT' || finding.disk !== undefined) return finding;
      const image = await sized(data.guid);
      const child = await sized(graph?.children(data.guid)[0]?.guid);
      const found = { ...data, ...image, ...(child && { child }) };
      const { path, line, column } = finding;
      return diagnostic(code, found, {
        ...(path === undefined ? {} : { path }),
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      });
    }),
  );
}

function* sizeAt(file: string, confinement: Confinement): Steps<number | undefined> {
  try {
    if (yield* leadsOutside(file, confinement)) return undefined;
    return Number((yield* linkStatus(file)).size);
  } catch (cause) {
    refuseTooManyOpen(file, cause);
    return undefined;
  }
}
