// npm run words: lists phrases that read badly in sources and docs. Fails above BOUND of them in 10,000 words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './setup.mjs';
import { PHRASES } from './words/phrases.mjs';

/** What the READMEs of execa, commander and vitest reach. */
const BOUND = 0.3;
const SKIPPED =
  /(?:^|\/)(?:node_modules|build|dist|coverage|test|pages|bench|CHANGELOG\.md)(?:\/|$)/;
const CODE = /```.*?```/gs;
const PROSE = /\/\*.*?\*\/|\/\/[^\n]*|'[^'\n]*'|"[^"\n]*"|`[^`]*`/gs;
const IMPORTS = /\bfrom '[^']*'/g;

/** The same length as `text`, so that places in it stay where they are. */
const blanked = (text) => text.replace(/[^\n]/g, ' ');

/** What people read of a file: of a source its comments and strings. */
function prose(path, text) {
  if (path.endsWith('.md')) return text.replace(CODE, blanked);
  const kept = text.replace(IMPORTS, blanked);
  let rest = '';
  let end = 0;
  for (const { 0: found, index } of kept.matchAll(PROSE)) {
    rest += blanked(kept.slice(end, index)) + found;
    end = index + found.length;
  }
  return rest;
}

/** A phrase goes on in the next line of a comment. */
const unwrapped = (text) => text.replace(/\n *(?:\*|\/\/)?/g, blankedLine);
const blankedLine = (found) => ' '.repeat(found.length);

const files = readdirSync(root, { recursive: true })
  .filter((path) => !SKIPPED.test(path) && !/^(?:\.|scripts\/)/.test(path))
  .filter((path) => path.endsWith('.md') || (path.endsWith('.ts') && !path.endsWith('.test.ts')))
  .sort();
let words = 0;
let hits = 0;
for (const path of files) {
  const text = prose(path, readFileSync(join(root, path), 'utf8'));
  const flat = unwrapped(text);
  words += flat.match(/\p{L}{2,}/gu)?.length ?? 0;
  for (const { pattern, instead } of PHRASES)
    for (const { 0: found, index } of flat.matchAll(pattern)) {
      hits += 1;
      const line = text.slice(0, index).split('\n').length;
      console.log(`${path}:${String(line)}: "${found.replace(/\s+/g, ' ')}": ${instead}`);
    }
}
const rate = (hits * 10_000) / words;
console.log(
  `${String(hits)} phrases in ${String(words)} words of ${String(files.length)} files: ${rate.toFixed(2)} in 10,000, at most ${String(BOUND)}`,
);
if (rate > BOUND) process.exitCode = 1;
