import { sample, temporaryDirectory } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { canMount } from '../ext/image.ts';
import { smallImages } from './images.ts';
import { readHostile } from './read-hostile.ts';

test.skipIf(!canMount)(
  'whatever fields of metadata say: an answer or a finding, soon',
  async () => {
    const images = await smallImages(await temporaryDirectory());
    const { codes, slowest } = await readHostile(images, sample('hostile fields', 120));
    console.info(`findings: ${JSON.stringify(Object.fromEntries(codes))}`);
    console.info(`slowest: ${slowest.milliseconds.toFixed(0)} ms: ${slowest.said}`);
    expect(codes.size).toBeGreaterThan(0);
  },
);
