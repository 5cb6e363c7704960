// Makes a disk with one snapshot in the given directory and says what it is.
import { createDisk } from '../../dist/index.js';

const disk = await createDisk({
  path: `${process.argv[2]}/root.hdd`,
  size: 64 * 2 ** 20,
  fileSystem: 'none',
});
const { topDelta } = await disk.snapshot();
const shots = await disk.snapshots();
console.log(
  `${shots.length} shots, top ${topDelta.replace(/^.*\/|\{.*\}$/g, (part) => (part.startsWith('{') ? '{…}' : ''))}`,
);
