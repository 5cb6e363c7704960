import { compareVersions, isOneOf, OPTIONS, SUBCOMMANDS } from '@ploop/descriptor/releases';
import { expect, test } from 'vitest';

import { isThere, knows } from './knows.ts';
import { ASKED, RECORDED } from './usages.ts';

const RELEASES = RECORDED.filter((release) => compareVersions(release, '1.11') >= 0);
/** Asked for to see how a release answers what it does not know. */
const NONSENSE = 'nosuchcommand';
const NAMES = [...new Set(ASKED.map(([subcommand]) => subcommand))].filter((name) => name !== NONSENSE);

test.each(RELEASES)('%s knows what the tables say, and nothing else', async (release) => {
  const differing: string[] = [];
  for (const name of NAMES) {
    const having = SUBCOMMANDS[name];
    const isStated = having === undefined || isOneOf(release, having);
    if ((await isThere(release, name)) !== isStated) differing.push(name);
  }
  for (const [name, option] of ASKED) {
    const stated = OPTIONS[name]?.[option];
    if (!(await isThere(release, name))) continue;
    const known = await knows(release, name, option);
    if (known === undefined || (stated === undefined && !known)) continue;
    if (known !== (stated === undefined || isOneOf(release, stated))) differing.push(`${name} ${option}`);
  }
  expect(differing).toEqual([]);
});
