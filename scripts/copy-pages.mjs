// Puts the pages of the findings where ploop-inspect reads them: `ploop-inspect explain CODE`.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const from = join(root, 'docs', 'diagnostics');
const to = join(root, 'apps', 'inspect', 'pages');

const pages = readdirSync(from).filter((name) => /^[A-Z0-9_]+\.md$/.test(name));
mkdirSync(to, { recursive: true });
for (const name of readdirSync(to).filter((there) => !pages.includes(there)))
  rmSync(join(to, name));
for (const name of pages.filter((page) => page !== 'README.md'))
  cpSync(join(from, name), join(to, name));
