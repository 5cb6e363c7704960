import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { descriptorXml, imageBytes, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { openSnapshot } from '../snapshot/open-snapshot.ts';
import { exportSnapshot } from './export-snapshot.ts';

test.each([
  ['an image that has lost its table', [], [{ code: 'BAT_LOST', severity: 'error' }]],
  ['an image in order', [0, 1, 2], undefined],
  // As in a check: the end of the table is in doubt, and BAT_STALE says so.
  ['an image whose entries are all beyond its end', [0, 0, 0, 0, 0, 0, 0, 0, 1, 2], undefined],
] as const)('an export of %s', async (_name, bat, diagnostics) => {
  const directory = await temporaryDirectory();
  await writeFile(
    join(directory, 'DiskDescriptor.xml'),
    descriptorXml([{}, { parent: 0 }], { blockSize: '64', size: '512' }),
  );
  await writeFile(join(directory, 'd0'), imageBytes({ clusters: 8 }, [...bat], 2));
  await writeFile(join(directory, 'd1'), imageBytes({ clusters: 8 }, []));
  await using snapshot = await openSnapshot(directory);
  const result = await exportSnapshot(snapshot, join(directory, 'out.raw'), { sync: false });
  if (diagnostics === undefined) expect(result).not.toHaveProperty('diagnostics');
  else expect(result).toMatchObject({ diagnostics });
});
