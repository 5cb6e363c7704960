import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import type { Diagnostic } from '../../../packages/descriptor/src/diagnostics/diagnostic.ts';
import { messageOf } from '../../../packages/descriptor/src/diagnostics/format.ts';
import { DescriptorError } from '../../../packages/descriptor/src/errors.ts';
import { checkDisk, openSnapshot } from '../../../packages/offline/src/index.ts';
import { sample, temporaryDirectory } from '../../../packages/test-kit/src/index.ts';
import { shuffled } from '../shuffled.ts';
import { areaForms } from './areas.ts';
import { bareForms } from './bare.ts';
import { contentForms } from './contents.ts';
import { drawOf, type Form } from './form.ts';
import { splitForms } from './split.ts';

const forms: readonly Form[] = [...splitForms, ...bareForms, ...areaForms, ...contentForms];
const { numRuns, seed } = sample('forms of disks', 20);
const order = shuffled(forms, seed).map(({ row }) => row);
const seen = new Set<string>();

async function found(path: string): Promise<readonly Diagnostic[]> {
  try {
    return (await checkDisk(path, { deep: true })).diagnostics;
  } catch (error) {
    if (error instanceof DescriptorError) return error.diagnostics;
    throw error;
  }
}

async function codeOfOpening(path: string): Promise<string | undefined> {
  try {
    await (await openSnapshot(path)).close();
    return undefined;
  } catch (error) {
    if (error instanceof DescriptorError) return error.code;
    throw error;
  }
}

/** Makes a healthy disk in a directory of its own. */
async function made({ make }: Form, run: number): Promise<string> {
  const directory = join(await temporaryDirectory(), 'forms of disks');
  mkdirSync(directory);
  return await make(directory, drawOf(seed + run));
}

describe('situations of split and bare disks, areas and contents are found, and nothing on healthy ones', () => {
  for (let run = 0; run < numRuns; run += 1) {
    const form = order[run % order.length];
    if (form === undefined) continue;
    test(`${form.name}, disk ${String(run)}`, async () => {
      const { code, beside = [], says, hint, opens, healthy = [] } = form;
      const whole = await found(await made(form, run));
      const known = new Set<string>(healthy);
      expect(whole.filter((finding) => !known.has(finding.code))).toEqual([]);

      const disk = await made(form, run);
      const path = (await form.spoil(disk, drawOf(seed + run))) ?? disk;
      const findings = await found(path);
      const finding = findings.find((one) => one.code === code);
      expect(finding?.code, findings.map((one) => one.code).join()).toBe(code);
      const expected = new Set<string>([code, ...beside]);
      const more = findings.filter((one) => one.severity !== 'info' && !expected.has(one.code));
      expect(more).toEqual([]);
      if (says !== undefined) expect(finding && messageOf(finding)).toMatch(says);
      if (hint !== undefined) expect(finding?.hint).toMatch(hint);
      expect(await codeOfOpening(path)).toBe(opens);
      seen.add(form.name);
    });
  }

  afterAll(() => {
    console.info(
      `forms: ${String(seen.size)} of ${String(forms.length)}, ${String(numRuns)} disks`,
    );
  });
});
