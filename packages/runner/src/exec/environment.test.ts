import { expect, test } from 'vitest';

import { toolEnvironment } from './environment.ts';

test('messages are English, whatever the caller speaks', () => {
  const env = toolEnvironment(
    { LANG: 'de_DE', LC_MESSAGES: 'de_DE', LANGUAGE: 'de', LC_ALL: 'de_DE', HOME: '/root' },
    {},
  );
  expect(env).toMatchObject({ LANG: 'C', LC_ALL: 'C', HOME: '/root' });
  expect(env).not.toHaveProperty('LC_MESSAGES');
  expect(env).not.toHaveProperty('LANGUAGE');
});

test('options may stand where they like', () => {
  expect(toolEnvironment({ POSIXLY_CORRECT: '1' }, {})).not.toHaveProperty('POSIXLY_CORRECT');
});

test('the sbin directories come last, each once', () => {
  const path = (value?: string): string | undefined => toolEnvironment({ PATH: value }, {})['PATH'];
  expect(path('/opt/bin:/sbin')).toBe('/opt/bin:/sbin:/usr/sbin:/usr/local/sbin');
  expect(path()).toBe('/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/sbin');
});

test('it is long enough for release 1.15', () => {
  const length = Object.values(toolEnvironment({}, {})).join('').length;
  expect(length).toBeGreaterThan(4096);
});

test('extra variables win over those of the caller, undefined removes', () => {
  const env = toolEnvironment({ A: '1', B: '2' }, { A: '3', B: undefined });
  expect(env).toMatchObject({ A: '3' });
  expect(env).not.toHaveProperty('B');
});
