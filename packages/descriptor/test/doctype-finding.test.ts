import { descriptorXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { parseDescriptor } from '../src/index.ts';

const withDoctype = (doctype: string): string =>
  descriptorXml([{}]).replace('?>', `?>\n<!DOCTYPE ${doctype}>`);

test.each<[string, readonly string[]]>([
  ['a', []],
  ['a [<!ENTITY e "v">]', []],
  ['a SYSTEM "x.dtd"', ['x.dtd']],
  ['a PUBLIC "-//X" \'http://127.0.0.1/x\'', ['http://127.0.0.1/x']],
  [
    'a [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "y">]',
    ['file:///etc/passwd', 'y'],
  ],
])('a declaration %s is reported with what it refers to', (doctype, external) => {
  const { accepted, diagnostics } = parseDescriptor(withDoctype(doctype));
  expect(accepted).toBe(true);
  expect(diagnostics).toMatchObject([
    { code: 'DOCUMENT_TYPE', severity: 'warning', line: 2, column: 1, data: { external } },
  ]);
});
