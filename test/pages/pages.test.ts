import { join } from 'node:path';

import { afterAll, describe, test } from 'vitest';

import { hasTool, sample, temporaryDirectory } from '../../packages/test-kit/src/index.ts';
import { hasDiskPrograms } from '../../packages/test-kit/src/programs.ts';
import { hasQemu } from '../../packages/test-kit/src/qemu.ts';
import { hold } from './hold.ts';
import { shuffled } from './shuffled.ts';
import { rows } from './table.ts';

const { numRuns, seed } = sample('pages', 25);
const total = { rows: 0, commands: 0, mendings: 0 };

describe.skipIf(!hasTool || !hasQemu || !hasDiskPrograms)('what the pages say holds', () => {
  for (const { row, index } of shuffled(rows, seed).slice(0, numRuns))
    test(`${row.page}, row ${String(index)}`, async () => {
      const { commands, mendings } = await hold(row, join(await temporaryDirectory(), 'a disk'));
      total.rows += 1;
      total.commands += commands;
      total.mendings += mendings;
    });

  afterAll(() => {
    const { rows: held, commands, mendings } = total;
    const counts = `${String(commands)} commands, ${String(mendings)} mendings`;
    console.info(`pages: ${String(held)} of ${String(rows.length)} rows, ${counts}`);
  });
});
