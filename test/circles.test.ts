import { expect, test } from 'vitest';

import { cruised } from './cruised.ts';

async function checked(files: Readonly<Record<string, string>>) {
  const { status, stdout } = await cruised(files);
  return { status, circles: stdout.match(/no-circles/g)?.length ?? 0 };
}

test('a circle of imports fails, also one of types', async () => {
  const two = "import { two } from './two.ts';\nexport const one = () => two;\n";
  const one = "import { one } from './one.ts';\nexport const two = () => one;\n";
  expect(await checked({ 'src/one.ts': two, 'src/two.ts': one })).toEqual({
    status: 1,
    circles: 1,
  });
  const types = {
    'src/one.ts':
      "import type { Two } from './two.ts';\nexport interface One {\n  readonly two: Two;\n}\n",
    'src/two.ts':
      "import type { One } from './one.ts';\nexport interface Two {\n  readonly one: One;\n}\n",
  };
  expect(await checked(types)).toEqual({ status: 1, circles: 1 });
});

test('imports in one direction pass', async () => {
  const files = {
    'src/one.ts': "import { two } from './two.ts';\nexport const one = two;\n",
    'src/two.ts': 'export const two = 2;\n',
  };
  expect(await checked(files)).toEqual({ status: 0, circles: 0 });
});
