import { descriptorXml, testGuid, type NodeXml } from '@ploop/test-kit';
import { expect, test } from 'vitest';

import { serializeDescriptor } from '../serialize.ts';
import { editDescriptor } from '../edit/edit-descriptor.ts';
import { buildGraph } from '../graph/build.ts';
import { imageList } from '../graph/image-list.ts';
import { parseDescriptor } from '../parse.ts';
import { followVolumes, followVolumesSync } from './follow-volumes.ts';
import type { VolumeChain, VolumeRequest, VolumeSource } from './volume-chain.ts';

const volumeXml = (parent: string | undefined, nodes: readonly NodeXml[]): string =>
  descriptorXml(nodes).replace(
    '<Storage>',
    `<Volume>${parent === undefined ? '' : `<Parent>${parent}</Parent>`}</Volume><Storage>`,
  );

/** Volumes n, n-1, … 0 in directories of their numbers; each has one image, above that of the one before. */
const stack = (index: number): VolumeSource => ({
  directory: `/v/${String(index)}`,
  source: volumeXml(index === 0 ? undefined : `../${String(index - 1)}`, [
    { guid: testGuid(index), ...(index > 0 && { parentGuid: testGuid(index - 1) }) },
  ]),
});
const load = ({ directory }: VolumeRequest): VolumeSource => stack(Number(directory.slice(3)));
const codes = ({ diagnostics }: VolumeChain): readonly string[] =>
  diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);

test('the images of ancestors follow, with their places, and make one chain', () => {
  const chain = followVolumesSync(stack(2), load);
  const { descriptor, parents } = chain;
  expect(codes(chain)).toEqual([]);
  expect(chain.accepted).toBe(true);
  expect(parents.map(({ directory }) => directory)).toEqual(['/v/1', '/v/0']);
  expect(descriptor?.images).toEqual([
    { guid: testGuid(2), type: 'Compressed', file: 'd0' },
    { guid: testGuid(1), type: 'Compressed', file: '/v/1/d0', foreign: true },
    { guid: testGuid(0), type: 'Compressed', file: '/v/0/d0', foreign: true },
  ]);
  if (descriptor === undefined) return;
  const { images, diagnostics } = imageList(buildGraph(descriptor), testGuid(2));
  expect(diagnostics).toEqual([]);
  expect(images.map(({ file }) => file)).toEqual(['/v/0/d0', '/v/1/d0', 'd0']);
});

test('what is foreign is not written', () => {
  const { source } = stack(1);
  const { descriptor } = followVolumesSync(stack(1), load);
  const alone = parseDescriptor(source, { release: '9' }).descriptor;
  if (descriptor === undefined || alone === undefined) throw new Error('unreadable');
  expect(serializeDescriptor(descriptor)).toBe(serializeDescriptor(alone));
  expect(editDescriptor(source, descriptor, { release: '9' })).toBe(source);
});

test('asynchronously the same', async () => {
  const chain = await followVolumes(stack(3), (request) => Promise.resolve(load(request)));
  const { descriptor, diagnostics } = followVolumesSync(stack(3), load);
  expect(chain).toMatchObject({ accepted: true, descriptor, diagnostics });
  expect(chain.parents).toHaveLength(3);
});

test('releases of 1.x follow nothing', () => {
  const { parents } = followVolumesSync(stack(2), load, { release: '1.15' });
  expect(parents).toEqual([]);
});

test('a parent in another directory is not unknown as long as nobody looked', () => {
  const { diagnostics } = parseDescriptor(stack(1).source, { release: '9' });
  expect(diagnostics.map(({ code }) => code)).not.toContain('PARENT_UNKNOWN');
});

test('a parent that no volume has is unknown', () => {
  const child = volumeXml('../0', [{ parentGuid: testGuid(9) }]);
  const chain = followVolumesSync({ directory: '/v/1', source: child }, load);
  expect(codes(chain)).toEqual(['PARENT_UNKNOWN']);
});

test('257 ancestors are followed; a longer chain is cut, and the tool does not notice', () => {
  const most = followVolumesSync(stack(257), load);
  expect([most.accepted, most.parents.length, codes(most)]).toEqual([true, 257, []]);
  const more = followVolumesSync(stack(258), load);
  expect(more.accepted).toBe(true);
  expect(more.parents).toHaveLength(257);
  expect(codes(more)).toEqual(['VOLUME_LIMIT', 'PARENT_UNKNOWN']);
});

test('a cycle ends, and the tool does not notice it', () => {
  const round = ({ directory }: VolumeRequest): VolumeSource => ({
    directory,
    source: volumeXml(directory === '/v/a' ? '/v/b' : '/v/a', [{}]),
  });
  const chain = followVolumesSync({ directory: '/v/a', source: volumeXml('/v/b', [{}]) }, round);
  expect(chain.accepted).toBe(true);
  expect(chain.parents).toHaveLength(1);
  expect(codes(chain)).toContain('VOLUME_CYCLE');
});

test('a parent that is not there, is refused, or is too large is a finding', async () => {
  const missing = await followVolumes(stack(1), () => Promise.reject(new Error('gone')));
  expect(missing).toMatchObject({ accepted: false, descriptor: { images: [{}] } });
  expect(missing.diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'VOLUME_UNREADABLE',
      data: { directory: '/v/0', reason: 'gone' },
    }),
  );
  const refused = followVolumesSync(stack(1), ({ directory }) => ({ directory, source: '<a>' }));
  expect(refused.diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'VOLUME_REFUSED',
      data: { directory: '/v/0', code: 'XML_SYNTAX' },
    }),
  );
  const maxBytes = stack(1).source.length + 10;
  const large = followVolumesSync(stack(1), load, { maxBytes });
  expect(large.diagnostics).toContainEqual(
    expect.objectContaining({ data: { directory: '/v/0', code: 'INPUT_TOO_LARGE' } }),
  );
});

test.each([
  ['<Parent/>', 'Parent'],
  ['<Parent>/v</Parent><SnapshotGUID></SnapshotGUID>', 'SnapshotGUID'],
])('%s is refused by releases that read it', (content, element) => {
  const source = descriptorXml([{}]).replace('<Storage>', `<Volume>${content}</Volume><Storage>`);
  const modern = parseDescriptor(source, { release: '7' });
  expect(modern.accepted).toBe(false);
  expect(modern.diagnostics).toContainEqual(
    expect.objectContaining({ code: 'VOLUME_INVALID', data: { element } }),
  );
  expect(parseDescriptor(source).accepted).toBe(true);
});
