import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { buildGraph } from '../graph/build.ts';
import { parseDescriptor } from '../parse.ts';
import { descriptorXml, testGuid } from '@ploop/test-kit';
import { compareSnapshots } from './compare.ts';
import { parseContainerConfig } from './container-config.ts';
import { parseMachineConfig } from './machine-config.ts';
import { parseSnapshotList } from './snapshot-list.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const [A, B, C] = [testGuid(1), testGuid(2), testGuid(3)];

const item = (guid: string, inner: string, attributes = ''): string =>
  `<SavedStateItem guid="${guid}"${attributes}>${inner}</SavedStateItem>`;
const list = (inner: string): Uint8Array =>
  encode(
    `<?xml version="1.0"?><ParallelsSavedStates>${item('', `<Name/><DateTime/><Creator/><ScreenShot/><Description/>${inner}`)}</ParallelsSavedStates>`,
  );
const named = (name: string, date: string, description = ''): string =>
  `<Name>${name}</Name><DateTime>${date}</DateTime><Creator>admin</Creator><ScreenShot>iVBO</ScreenShot><Description><![CDATA[${description}]]></Description>`;

test('names, dates and parents of nested snapshots', () => {
  const bytes = list(
    item(
      A,
      `${named('a &amp; &#x431;', '2026-12-01 10:00:00', 'first <one>')}${item(B, named('b', ''), ' current="YES" state="poweroff"')}`,
    ) + item(C, named('', '2026-12-02 10:00:00')),
  );
  expect(parseSnapshotList(bytes)).toEqual({
    snapshots: [
      {
        guid: A,
        name: 'a & б',
        date: '2026-12-01 10:00:00',
        description: 'first <one>',
        current: false,
      },
      {
        guid: B,
        parentGuid: A,
        name: 'b',
        date: '',
        description: '',
        current: true,
        state: 'poweroff',
      },
      { guid: C, name: '', date: '2026-12-02 10:00:00', description: '', current: false },
    ],
  });
  expect(parseSnapshotList(encode('<ParallelsSavedStates/>'))).toEqual({ snapshots: [] });
});

test('UTF-16 and one-byte encodings', () => {
  const text = `<?xml version="1.0" encoding="windows-1251"?><ParallelsSavedStates>${item(A, '<Name>\u00e1</Name>')}</ParallelsSavedStates>`;
  const [cyrillic] = parseSnapshotList(
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
  ).snapshots;
  expect(cyrillic?.name).toBe('б');
  const wide = Buffer.from(
    `\uFEFF<ParallelsSavedStates>${item(A, '<Name>é</Name>')}</ParallelsSavedStates>`,
    'utf16le',
  );
  expect(parseSnapshotList(wide).snapshots).toMatchObject([{ name: 'é' }]);
});

test('a broken description does not hide the snapshots behind it', () => {
  const { snapshots, fault } = parseSnapshotList(
    list(item(A, named('a', '', 'x]]>y')) + item(B, named('b', ''))),
  );
  expect(snapshots.map(({ guid }) => guid)).toEqual([A, B]);
  expect(fault?.code).toBe('XML_SYNTAX');
});

test('items without a usable GUID, or with one that was there before, are left out', () => {
  const bytes = list(
    item('nonsense', item(A, named('a', ''))) +
      '<SavedStateItem/>' +
      item(A.toUpperCase(), named('again', '')),
  );
  expect(parseSnapshotList(bytes).snapshots).toMatchObject([{ guid: A, name: 'a' }]);
});

test('declared entities are not expanded', () => {
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><ParallelsSavedStates>${item(A, '<Name>&b;</Name>')}</ParallelsSavedStates>`;
  const { snapshots, fault } = parseSnapshotList(encode(bomb));
  expect(fault?.code).toBe('XML_SYNTAX');
  expect(snapshots.every(({ name }) => !name.includes('aaaa'))).toBe(true);
});

test('any bytes end in a list, in time that grows with their length', () => {
  const piece = fc.constantFrom(
    '<SavedStateItem guid="',
    A,
    '">',
    '</SavedStateItem>',
    '<Name>',
    '</Name>',
    ']]>',
    '<![CDATA[',
    '&lt;',
    '&x;',
    '<!--',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
      expect(parseSnapshotList(encode(pieces.join(''))).snapshots.length).toBeLessThan(2);
    }),
    sample('lists of snapshots', 300),
  );
  const deep = Array.from(
    { length: 20_000 },
    (_, index) => `<SavedStateItem guid="${testGuid(index)}">`,
  );
  const started = performance.now();
  expect(
    parseSnapshotList(encode(`<ParallelsSavedStates>${deep.join('')}`)).snapshots,
  ).toHaveLength(20_000);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('compared with a descriptor', () => {
  const parsed = parseDescriptor(
    descriptorXml([
      { guid: A },
      { guid: B, parent: 0 },
      { parent: 1, guid: testGuid(9), extra: '<Temporary/>' },
      { parent: 1 },
    ]),
  );
  if (parsed.descriptor === undefined) throw new Error('no descriptor');
  const { snapshots } = parseSnapshotList(list(item(A.toUpperCase(), item(C, ''))));
  const { unlisted, withoutShot } = compareSnapshots(snapshots, buildGraph(parsed.descriptor));
  expect(unlisted.map(({ guid }) => guid)).toEqual([B]);
  expect(withoutShot.map(({ guid }) => guid)).toEqual([C]);
});

test('the configuration of a container is read and never run', () => {
  const text =
    '# NAME="no"\r\nNAME="web 1"\nHOSTNAME=\'h$(reboot)\'\nOSTEMPLATE=".debian-12"\nVE_PRIVATE="/vz/private/$VEID"\n__proto__=x\nNAME=\n';
  expect(parseContainerConfig(text)).toEqual({
    name: 'web 1',
    hostname: 'h$(reboot)',
    template: '.debian-12',
    privateArea: '/vz/private/$VEID',
  });
});

test('the configuration of a virtual machine', () => {
  const xml =
    '<ParallelsVirtualMachine><Identification><VmName>Win &lt;7&gt;</VmName></Identification><Hardware><Hdd><SystemName>a.hdd</SystemName><UserFriendlyName>no</UserFriendlyName></Hdd><CdRom><SystemName>x.iso</SystemName></CdRom><Hdd><SystemName>/b.hdd</SystemName></Hdd></Hardware></ParallelsVirtualMachine>';
  expect(parseMachineConfig(encode(xml))).toEqual({ name: 'Win <7>', disks: ['a.hdd', '/b.hdd'] });
});
