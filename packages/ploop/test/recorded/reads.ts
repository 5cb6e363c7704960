import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { PLACEHOLDER, type Contents, type Walked } from '../../../descriptor/test/recorded/volume-scenarios.ts';
import { openDisk, type Disk } from '../../src/index.ts';
import type { Stage } from './stage.ts';

/** Whether a volume can be read, by what it reads as. */
function isReadable(content: Contents | undefined): boolean {
  return /^[0-9a-f]{12}$/.test(content?.['top'] ?? '');
}

/** How `snapshots()` and `images()` differ from what the tool lists and from whether the content can be read. */
export async function readsDiffer(stage: Stage, { step, after }: Walked): Promise<readonly string[]> {
  const told: string[] = [];
  const { argv = [], exit, stdout = '', contents = {} } = step;
  const open = (volume: string): Promise<Disk> =>
    openDisk(join(stage.root, volume), { confine: stage.root });
  const listed = argv[0] === 'snapshot-list' && exit === 0 ? volumeOf(argv[1]) : undefined;
  if (listed !== undefined && isReadable(after.get(listed))) {
    const shots = await (await open(listed)).snapshots();
    const lines = shots.map(
      ({ parentGuid, current, guid, file }) =>
        `${parentGuid} ${current ? '*' : ' '} ${guid} ${normalize(file ?? '')}`,
    );
    const lists = stdout.replaceAll(PLACEHOLDER, stage.root).split('\n');
    if (lines.join('\n') !== lists.filter((line) => line.startsWith('{')).join('\n'))
      told.push(`snapshots() of ${listed}`);
  }
  for (const volume of Object.keys(contents).filter((name) => after.has(name))) {
    const files = await open(volume)
      .then((disk) => disk.images())
      .catch(() => undefined);
    const isThere = files?.every(({ file }) => existsSync(file)) ?? false;
    if (isThere !== isReadable(after.get(volume))) told.push(`images() of ${volume}`);
  }
  return told;
}

/** The name of a volume, by the path of its descriptor. */
function volumeOf(path = ''): string {
  return dirname(path).slice(PLACEHOLDER.length + 1);
}

