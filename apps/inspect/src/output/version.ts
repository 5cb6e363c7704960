import { readFileSync } from 'node:fs';

import { PACKAGE } from '../package-directory.ts';

/** The version of this package. */
export function ownVersion(): string {
  const file = new URL('package.json', PACKAGE);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
