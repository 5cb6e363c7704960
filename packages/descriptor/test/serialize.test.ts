import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { parseDescriptor, parseDescriptorOrThrow, serializeDescriptor } from '../src/index.ts';

const written = join(import.meta.dirname, 'written');

describe('what the tool wrote is written the same', () => {
  test.each(readdirSync(written))('%s', (name) => {
    const text = readFileSync(join(written, name), 'utf8');
    const { descriptor } = parseDescriptor(text);
    expect(descriptor && serializeDescriptor(descriptor)).toBe(text);
    const renamed = text.replaceAll('Parallels_disk_image', 'Virtuozzo_disk_image');
    expect(serializeDescriptor(parseDescriptorOrThrow(renamed))).toBe(renamed);
  });
});
