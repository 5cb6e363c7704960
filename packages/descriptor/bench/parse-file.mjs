// Parses the descriptor FILE, builds its graph, and says how many shots it has and how much memory that took.
import { readFileSync } from 'node:fs';

import { parseAndBuild } from './parse-and-build.mjs';

const shots = parseAndBuild(readFileSync(process.argv[2]));
// Node gives kilobytes on every system.
console.log(JSON.stringify({ shots, peakBytes: process.resourceUsage().maxRSS * 1024 }));
