// A program of somebody else's: it sees the packed packages and nothing of the repository.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openFileSystem } from '@ploop/contents';
import {
  buildGraph,
  DescriptorError,
  parseDescriptor,
  parseDescriptorOrThrow,
  parseGuid,
} from '@ploop/descriptor';
import { loadDescriptorSync } from '@ploop/descriptor/node';
import { checkDisk } from '@ploop/offline';
import { parseImageHeader } from '@ploop/image';
import { createRunner, ExitCode, isPloopError, type Command } from '@ploop/runner';
import { createDisk, openDisk, openDiskSync, type Disk } from 'ploop';

const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';
const XML = `<?xml version="1.0"?>
<Parallels_disk_image>
  <Disk_Parameters><Disk_size>204800</Disk_size></Disk_Parameters>
  <StorageData><Storage><Blocksize>2048</Blocksize>
    <Image><GUID>${TOP}</GUID><Type>Compressed</Type><File>root.hdd</File></Image>
  </Storage></StorageData>
  <Snapshots><TopGUID>${TOP}</TopGUID>
    <Shot><GUID>${TOP}</GUID><ParentGUID>{00000000-0000-0000-0000-000000000000}</ParentGUID></Shot>
  </Snapshots>
</Parallels_disk_image>
`;
const directory = mkdtempSync(join(tmpdir(), 'ploop-consumer-disk-'));
writeFileSync(join(directory, 'DiskDescriptor.xml'), XML);

const size: number = parseDescriptorOrThrow(XML).size;
const accepted: boolean = parseDescriptor(new TextEncoder().encode(XML)).accepted;
const top: string | undefined = buildGraph(parseDescriptorOrThrow(XML)).top?.guid;
const disk: Disk = await openDisk(directory);
const files: readonly string[] = openDiskSync(directory)
  .imagesSync()
  .map(({ file }) => file);
const path: string = loadDescriptorSync(directory).path;
const findings: number = parseImageHeader(new Uint8Array(10), 'none').diagnostics.length;

const missing: readonly string[] = (await checkDisk(directory)).diagnostics.map(({ code }) => code);

const help: Command<void, string> = {
  name: 'help',
  verbosity: -1,
  mutates: false,
  argv: () => [],
  parse: (stdout) => ({ value: stdout }),
};
const failure: unknown = await createRunner({ binary: 'no-such-tool' })
  .run(help, undefined)
  .catch((error: unknown) => error);
const refused: unknown = await createDisk({ path: 'x.hdd', size: 1 }).catch(
  (error: unknown) => error,
);

const nothing: unknown = await openFileSystem(() => Promise.resolve(0), { size: 0 }).catch(
  (error: unknown) => error,
);

const checks: readonly boolean[] = [
  size === 204800,
  accepted,
  top === TOP,
  parseGuid(TOP) !== undefined,
  files[0]?.endsWith('/root.hdd') === true,
  path === disk.descriptorPath,
  findings === 1,
  missing.includes('DELTA_MISSING'),
  isPloopError(failure) && failure.code === 'SPAWN',
  isPloopError(refused) && refused.code === 'REFUSED',
  Object.values(ExitCode).includes(38),
  nothing instanceof DescriptorError && nothing.code === 'FILE_SYSTEM_UNKNOWN',
];
if (checks.includes(false)) throw new Error(`checks failed: ${JSON.stringify(checks)}`);
console.log(`${String(checks.length)} checks hold`);
