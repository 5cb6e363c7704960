import { expect, test } from 'vitest';

import { CALLED, recordedCalls } from './calls.ts';
import { planCall } from './planned-call.ts';

test.each(CALLED)('%s does what is planned for it', { timeout: 600_000 }, (release) => {
  const planned = recordedCalls(release).flatMap((call) => planCall(call) ?? []);
  const differing = planned.filter(({ difference }) => difference !== undefined);
  console.info(`${release} ${JSON.stringify({ planned: planned.length, differ: differing.length })}`);
  expect(differing.map(({ call, difference }) => `${call.where}: ${String(difference)}`)).toEqual([]);
  expect(planned.length).toBeGreaterThan(10);
});
