import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { descriptorXml, temporaryDirectory } from '@ploop/test-kit';
import { hasChromium } from '@ploop/test-kit/chromium';
import { build } from 'vite';
import { expect, test } from 'vitest';

const PACKAGE = dirname(import.meta.dirname);
const CORE = join(PACKAGE, 'dist', 'index.js');
const RENDER = join(PACKAGE, 'dist', 'render.js');
const DOCUMENTS = {
  healthy: descriptorXml([{}, { parent: 0 }, { parent: 1 }, { parent: 1 }]),
  damaged: descriptorXml([{}, { parentGuid: 'none' }, { parent: 0, extra: '<Temporary/>' }]),
  malformed: '<a><b></a>',
};

/** What the built core makes of the documents, as text and as bytes; runs here and there. */
const PROGRAM = `
import { buildGraph, parseDescriptor, serializeDescriptor } from ${JSON.stringify(CORE)};
import { renderSvg } from ${JSON.stringify(RENDER)};

const answerTo = (source) => {
  const { descriptor, ...verdict } = parseDescriptor(source);
  if (descriptor === undefined) return verdict;
  const graph = buildGraph(descriptor);
  const chain = graph.top && graph.chain(graph.top.guid);
  const drawing = renderSvg(graph);
  return { ...verdict, descriptor, chain, drawing, written: serializeDescriptor(descriptor) };
};
const answers = Object.values(${JSON.stringify(DOCUMENTS)}).map((source) => [
  answerTo(source),
  answerTo(new TextEncoder().encode(source)),
]);
const text = encodeURIComponent(JSON.stringify(answers));
if (typeof document === 'undefined') console.log(text);
else document.querySelector('pre').textContent = text;
`;

const OFFLINE = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

test.runIf(hasChromium)('the built core answers in a browser as it does in Node', async () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', join(PACKAGE, 'tsconfig.json')]);
  const directory = await temporaryDirectory();
  const program = join(directory, 'program.mjs');
  await writeFile(program, PROGRAM);
  const here = answersIn(execFileSync(process.execPath, [program], { encoding: 'utf8' }));

  const page = join(directory, 'page.html');
  const script = (await bundle(program)).replaceAll('</script', '<\\/script');
  await writeFile(page, `<!doctype html><pre></pre><script type="module">${script}</script>`);
  const profile = `--user-data-dir=${join(directory, 'profile')}`;
  const dom = execFileSync('chromium', [...OFFLINE, profile, '--dump-dom', `file://${page}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
  });
  const there = answersIn(/<pre>([^<]*)/.exec(dom)?.[1] ?? '');

  expect(there).toEqual(here);
  const malformed = { accepted: false, diagnostics: [{ code: 'XML_SYNTAX' }] };
  expect(there).toMatchObject([
    [{ accepted: true }, { accepted: true }],
    [{ accepted: false }, { accepted: false }],
    [malformed, malformed],
  ]);
});

function answersIn(text: string): unknown {
  return JSON.parse(decodeURIComponent(text.trim()));
}

/** A program with all that it imports, as a browser takes it. */
async function bundle(program: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, modulePreload: false, rolldownOptions: { input: program } },
  });
  if (!('output' in built)) throw new Error('not one bundle');
  return built.output.map((part) => ('code' in part ? part.code : '')).join('');
}
