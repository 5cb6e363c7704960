import { expect, test } from 'vitest';

import { refuseUnfit } from './refuse-unfit.ts';

test.each([
  ['merge', '7.0.280', undefined],
  ['merge', '8.0.6', 'RELEASE_UNFIT'],
  ['merge', '8.0.15', 'RELEASE_UNFIT'],
  ['merge', '8.0.25', undefined],
  ['merge of all', '8.0.25', 'RELEASE_UNFIT'],
  ['merge of all', '9.0.2', 'RELEASE_UNFIT'],
  ['merge of all', '9.0.4', undefined],
  ['merge of all into a file', '1.15', undefined],
  ['merge of all into a file', '7.0.280', 'RELEASE_UNFIT'],
  ['delete that merges', '8.0.11', undefined],
  ['delete that merges', '8.0.14', 'RELEASE_UNFIT'],
  ['delete that merges', '8.0.25', undefined],
] as const)('a %s with %s', (operation, version, reason) => {
  const refuse = (): void => {
    refuseUnfit({ from: version, to: version }, operation);
  };
  if (reason === undefined) expect(refuse).not.toThrow();
  else expect(refuse).toThrow(expect.objectContaining({ code: 'REFUSED', reason }));
});

test('what a tool that is not known gets wrong is not assumed', () => {
  expect(() => {
    refuseUnfit(undefined, 'merge');
  }).not.toThrow();
});
