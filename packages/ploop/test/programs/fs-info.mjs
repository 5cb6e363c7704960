// Tells of the file system of the given disk, on the machine whose kernel's files are at the given roots.
import { openDisk } from '../../dist/index.js';

const [path, roots] = process.argv.slice(2);
const disk = await openDisk(path, { roots: JSON.parse(roots) });
console.log(JSON.stringify([await disk.fsInfo(), disk.fsInfoSync()]));
