import { readdir, readFile } from 'node:fs/promises';

import { PACKAGE } from '../package-directory.ts';

/** The pages of the findings, which the build puts into this package. */
const PAGES = new URL('pages/', PACKAGE);

/** The codes that have a page. */
export async function pageCodes(): Promise<readonly string[]> {
  const names = await readdir(PAGES);
  return names.map((name) => name.replace(/\.md$/, '')).sort();
}

/** The page of a code, in Markdown; `undefined` if there is no such code. */
export async function pageOf(code: string): Promise<string | undefined> {
  // A code becomes a part of a path.
  if (!(await pageCodes()).includes(code)) return undefined;
  return readFile(new URL(`${code}.md`, PAGES), 'utf8');
}
