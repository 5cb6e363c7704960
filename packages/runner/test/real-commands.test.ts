import { hasTool } from '@ploop/test-kit';
import { describe, test } from 'vitest';

import { hasKernel } from '../../ploop/test/kernel/world.ts';
import { withDriver, withoutDriver } from './real/given.ts';
import { realCases } from './real/index.ts';

describe.each(Object.entries(realCases))('the real tool: %s', (_name, cases) => {
  test.skipIf(!hasTool).each(cases.filter(({ on }) => on === 'any'))('$kind: $title', ({ act }) =>
    act(withoutDriver()),
  );
  test.skipIf(!hasKernel).each(cases.filter(({ on }) => on === 'driver'))(
    '$kind, mounted: $title',
    ({ act }) => act(withDriver()),
  );
});
