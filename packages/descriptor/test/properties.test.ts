import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { descriptorXml, hasTool, sample, temporaryDirectory } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { buildGraph, imageList, parseDescriptor, parseDescriptorOrThrow } from '../src/index.ts';
import { renderTextTree } from '../src/render/index.ts';
import { chainListing, listing } from './listing.ts';
import { mutantBytes, mutants } from './mutations.ts';

const anything = fc.oneof(
  mutants,
  mutantBytes,
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 300 }),
  mutants.map((source) => Buffer.from(source, 'utf16le')),
  mutants.map((source) => Buffer.from(source, 'latin1')),
);

test('no input makes the parser, the graph or the tree throw', () => {
  fc.assert(
    fc.property(anything, (source) => {
      const { accepted, descriptor, diagnostics } = parseDescriptor(source);
      expect(accepted || diagnostics.length > 0).toBe(true);
      if (descriptor === undefined) return;
      const graph = buildGraph(descriptor);
      const drawn = renderTextTree(graph).filter((line) => line !== '');
      expect(drawn).toHaveLength(descriptor.shots.length);
      for (const { guid } of descriptor.shots) {
        const { images, diagnostics: faults } = imageList(graph, guid);
        expect(images.length === graph.chain(guid).length || faults.length > 0).toBe(true);
      }
    }),
    sample('parser never throws', 300),
  );
});

test('the common ancestor of two shots is the last that their chains share', () => {
  const forests = fc.array(fc.option(fc.nat(), { freq: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(forests, fc.nat(), fc.nat(), (parents, left, right) => {
      const nodes = parents.map((parent, index) =>
        parent === null || index === 0 ? {} : { parent: parent % index },
      );
      const graph = buildGraph(parseDescriptorOrThrow(descriptorXml(nodes)));
      const [one, other] = [left, right].map((at) => graph.nodes[at % nodes.length]?.guid ?? '');
      const [short, long] = [graph.chain(one ?? ''), graph.chain(other ?? '')];
      const shared = short.filter((node) => long.includes(node)).at(-1);
      expect(graph.commonAncestor(one ?? '', other ?? '')).toBe(shared);
      expect(graph.level(one ?? '')).toBe(short.length - 1);
      const below = graph.nodes.filter((node) =>
        graph.ancestors(node.guid).includes(short.at(-1) as never),
      );
      expect(new Set(graph.descendants(one ?? ''))).toEqual(new Set(below));
    }),
    sample('common ancestors', 300),
  );
});

describe.skipIf(!hasTool)('the real tool', () => {
  test('accepts what we accept, and lists the same, whole and from any shot', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'DiskDescriptor.xml');
    const list = lister(path);
    fc.assert(
      fc.property(mutantBytes, fc.nat(), (source, at) => {
        writeFileSync(path, source);
        const stdout = list();
        const { accepted, descriptor, diagnostics } = parseDescriptor(source);
        expect(accepted, JSON.stringify(diagnostics)).toBe(stdout !== undefined);
        if (!accepted) return;
        expect(listing(descriptor, directory).join('\n')).toBe(stdout);
        const shot = descriptor.shots[at % Math.max(1, descriptor.shots.length)];
        if (shot === undefined) return;
        const chain = chainListing(descriptor, directory, shot.guid);
        expect(chain?.join('\n')).toBe(list('-u', shot.guid));
      }),
      sample('same verdict as the tool', 150),
    );
  });
});

/** A function that gives what `snapshot-list` prints of a descriptor, or `undefined` where it fails. */
function lister(path: string): (...options: readonly string[]) => string | undefined {
  const env = {
    ...process.env,
    LC_ALL: 'C',
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    PLOOP_PAD: 'x'.repeat(8192),
  };
  const fields = 'parent_uuid,current,uuid,fname';
  return (...options) => {
    try {
      const argv = ['-v-1', 'snapshot-list', '-H', '-o', fields, ...options, path];
      return execFileSync('ploop', argv, {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return undefined;
    }
  };
}
