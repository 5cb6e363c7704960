// Fails when package-lock.json records a download host, lacks an integrity hash, or lacks an optional platform package.
import { readFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const { lockfileVersion, packages } = JSON.parse(readFileSync(file, 'utf8'));
const faults = [];
if (lockfileVersion !== 3) faults.push(`lockfileVersion ${lockfileVersion}, expected 3`);

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const names = new Set(Object.keys(packages).map(nameOf));
for (const [path, entry] of Object.entries(packages)) {
  if (!path.includes('node_modules/') || entry.link) continue;
  if (entry.resolved) faults.push(`${path}: resolved ${entry.resolved}`);
  if (!entry.integrity && !entry.inBundle) faults.push(`${path}: no integrity`);
  for (const optional of Object.keys(entry.optionalDependencies ?? {}))
    if (!names.has(optional)) faults.push(`${path}: optional ${optional} is missing`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`${file}: ${names.size} packages ok`);
