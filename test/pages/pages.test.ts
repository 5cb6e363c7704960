import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { hasTool, temporaryDirectory } from '../../packages/test-kit/src/index.ts';
import { hold } from './hold.ts';
import { rows } from './table.ts';

const total = { commands: 0, mendings: 0 };

describe.skipIf(!hasTool)('what the pages say holds', () => {
  for (const [index, row] of rows.entries())
    test(`${row.page}, row ${String(index)}`, async () => {
      const { commands, mendings } = await hold(row, join(await temporaryDirectory(), 'a disk'));
      total.commands += commands;
      total.mendings += mendings;
      expect(commands + mendings).toBeGreaterThanOrEqual(0);
    });

  afterAll(() => {
    console.info(`pages: ${String(total.commands)} commands, ${String(total.mendings)} mendings`);
  });
});
