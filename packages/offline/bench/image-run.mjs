// One measurement in a process of its own:
// image-run.mjs export PATH TARGET [--sync] [--format NAME] [--compress] | extents PATH | nbd PATH SOCKET.
// Prints JSON; of nbd when SIGTERM ends it.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

import { exportSnapshot, openSnapshot, serveNbd } from '../dist/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sync: { type: 'boolean', default: false },
    format: { type: 'string', default: 'raw' },
    compress: { type: 'boolean', default: false },
  },
});
const [what, path, target] = positionals;
const snapshot = await openSnapshot(path);

/** JSON, many extents a line. */
async function* lines(extents) {
  let line = [];
  for await (const extent of extents) {
    line.push(extent);
    if (line.length < 1024) continue;
    yield `${JSON.stringify(line)}\n`;
    line = [];
  }
  yield `${JSON.stringify(line)}\n`;
}

if (what === 'export') await exportSnapshot(snapshot, target, { ...values, overwrite: true });
else if (what === 'nbd') {
  const server = await serveNbd(snapshot, { address: { socket: target } });
  process.once('SIGTERM', () => server.close());
  await server.ended;
} else await pipeline(Readable.from(lines(snapshot.extents())), createWriteStream('/dev/null'));
await snapshot.close();
console.log(JSON.stringify({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
