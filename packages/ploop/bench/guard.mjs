// npm run bench guard: what a mutation adds by looking at the images first. Arguments: --json, --quick.
import {
  ftruncateSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NIL_GUID, TOP_GUID } from '@ploop/descriptor';
import { loadDescriptor } from '@ploop/descriptor/node';
import { stepFindings } from '@ploop/offline';

import { table } from './print.mjs';

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const options = new Set(process.argv.slice(2));
const ROUNDS = options.has('--quick') ? 25 : 100;
const MOST_MS = 20;
const CLUSTER_SECTORS = 2048;
/** 100 GiB in clusters of 1 MiB. */
const CLUSTERS = 100 * 1024;
const PARENT = '{11111111-1111-4111-8111-111111111111}';

/** An image of version 2 with every cluster in another place than its neighbour; its data are one hole. */
function makeImage(path) {
  const first = Math.ceil((64 + 4 * CLUSTERS) / (CLUSTER_SECTORS * 512));
  const head = Buffer.alloc(first * CLUSTER_SECTORS * 512);
  head.write('WithouFreSpacExt', 'latin1');
  const words = {
    16: 2,
    20: 16,
    24: 1,
    28: CLUSTER_SECTORS,
    32: CLUSTERS,
    48: first * CLUSTER_SECTORS,
  };
  for (const [offset, value] of Object.entries(words)) head.writeUInt32LE(value, Number(offset));
  head.writeBigUInt64LE(BigInt(CLUSTERS * CLUSTER_SECTORS), 36);
  // 7,919 is a prime, and none of the factors of the number of clusters.
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1)
    head.writeUInt32LE(first + ((cluster * 7919) % CLUSTERS), 64 + 4 * cluster);
  const fd = openSync(path, 'w');
  writeSync(fd, head);
  ftruncateSync(fd, (first + CLUSTERS) * CLUSTER_SECTORS * 512);
  closeSync(fd);
}

function descriptor() {
  const images = [
    [PARENT, 'base', NIL_GUID],
    [TOP_GUID, 'top', PARENT],
  ];
  return `<?xml version="1.0"?>
<Parallels_disk_image><Disk_Parameters><Disk_size>${CLUSTERS * CLUSTER_SECTORS}</Disk_size></Disk_Parameters>
<StorageData><Storage><Blocksize>${CLUSTER_SECTORS}</Blocksize>${images
    .map(
      ([guid, file]) =>
        `<Image><GUID>${guid}</GUID><Type>Compressed</Type><File>${file}</File></Image>`,
    )
    .join('')}</Storage></StorageData>
<Snapshots><TopGUID>${TOP_GUID}</TopGUID>${images
    .map(
      ([guid, , parent]) => `<Shot><GUID>${guid}</GUID><ParentGUID>${parent}</ParentGUID></Shot>`,
    )
    .join('')}</Snapshots></Parallels_disk_image>`;
}

const directory = mkdtempSync(join(tmpdir(), 'ploop-bench-'));
try {
  writeFileSync(join(directory, 'DiskDescriptor.xml'), descriptor());
  for (const name of ['base', 'top']) makeImage(join(directory, name));
  const disk = await loadDescriptor(directory);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const findings = await stepFindings(disk, [{ step: 'merge', file: 'top', into: 'base' }]);
    times.push(performance.now() - start);
    if (findings.length > 0)
      throw new Error(`a sound disk has findings: ${JSON.stringify(findings)}`);
  }
  // The first rounds compile and read what is not cached.
  const warm = times.slice(5);
  const measured = {
    first: times[0],
    fastest: Math.min(...warm),
    median: median(warm),
    slowest: Math.max(...warm),
  };
  const bound = {
    what: 'two images of 100 GiB before a merge, median, milliseconds',
    most: MOST_MS,
    measured: measured.median,
    reached: measured.median <= MOST_MS,
  };
  if (options.has('--json'))
    console.log(
      JSON.stringify({ node: process.version, ...measured, bounds: [bound] }, undefined, 2),
    );
  else {
    const text = (value) => value.toFixed(2);
    table(
      `looking at two images of 100 GiB, 102,400 clusters each, before a merge (${process.version}, milliseconds)`,
      ['first', 'fastest', 'median', 'slowest', `median <= ${MOST_MS}`],
      [
        [
          text(measured.first),
          text(measured.fastest),
          text(measured.median),
          text(measured.slowest),
          bound.reached ? 'ok' : 'NOT REACHED',
        ],
      ],
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
