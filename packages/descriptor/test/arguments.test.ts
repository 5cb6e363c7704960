import { inspect } from 'node:util';

import { descriptorXml, testGuid, wrongCalls } from '@ploop/test-kit';
import { describe, expect, test } from 'vitest';

import * as edit from '../src/edit/index.ts';
import * as core from '../src/index.ts';
import * as plan from '../src/plan/index.ts';
import * as render from '../src/render/index.ts';
import * as volume from '../src/volume/index.ts';

const XML = descriptorXml([{}, { parent: 0 }, { parent: 1 }]);
const descriptor = core.parseDescriptorOrThrow(XML);
const graph = core.buildGraph(descriptor);
const shot = graph.nodes[0];
const finding = core.diagnostic('SHOT_UNKNOWN', { guid: testGuid(0) });
const whole = {
  ...descriptor,
  maxDeltaSize: 1024,
  encryptionKeyId: 'k',
};
const parse = { maxBytes: 100_000, release: '1.15' } as const;
const options = { release: '1.15', directory: '/disk' } as const;
const newDelta = { ...options, randomGuid: () => core.parseGuid(testGuid(9)) ?? core.NIL_GUID };
const target = { guid: testGuid(0) };
const empty = { directory: '/disk', source: XML };

/** A right call of each exported function: all options that it knows are given. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = {
  buildGraph: [whole],
  checkDescriptor: [whole],
  serializeDescriptor: [whole],
  editDescriptor: [XML, { ...descriptor, maxDeltaSize: 1024 }, parse],
  parseDescriptor: [XML, parse],
  parseDescriptorOrThrow: [XML, parse],
  imageList: [graph, testGuid(0)],
  resolveFile: ['/disk', 'file', '1.15'],
  parseGuid: [testGuid(0)],
  parseGuidArgument: [testGuid(0)],
  parseRelease: ['1.15'],
  planDelete: [descriptor, target, options],
  planMerge: [descriptor, { guid: testGuid(1), ancestor: testGuid(0) }, options],
  planReplace: [descriptor, { target, newFile: '/disk/new', keepName: true }, options],
  planRewrite: [descriptor, options],
  planSnapshot: [
    descriptor,
    { guid: testGuid(7), fileGuid: testGuid(8), isMounted: true },
    newDelta,
  ],
  planSwitch: [
    descriptor,
    { guid: testGuid(0), fileGuid: testGuid(8), keepOldTop: { guid: testGuid(7) } },
    newDelta,
  ],
  renderDot: [graph],
  renderMermaid: [graph],
  renderSvg: [graph, { title: 'x' }],
  renderTextTree: [graph, { ascii: true }],
  followVolumes: [empty, () => Promise.resolve(empty), parse],
  followVolumesSync: [empty, () => empty, parse],
};

/** Functions of one value that is theirs already; they look at nothing, and nothing is done with what they return. */
const EXEMPT = {
  'marks a number': ['bytes', 'sectors'],
  'computes with a number': ['toBytes', 'toSectors', 'isClusterSize'],
  'compares or spells texts': ['guidKey', 'sameGuid', 'printable'],
  'takes what the library returned': [
    'diagnostic',
    'formatDiagnostic',
    'harmOf',
    'imageSteps',
    'isBase',
    'isRawBase',
    'isRefusal',
    'messageOf',
    'planBands',
    'planOperation',
  ],
};

type AnyFunction = (...args: readonly unknown[]) => unknown;

const exported: Readonly<Record<string, unknown>> = {
  ...core,
  ...edit,
  ...plan,
  ...render,
  ...volume,
};
const functions = Object.entries(exported).filter(
  (entry): entry is [string, AnyFunction] =>
    typeof entry[1] === 'function' && entry[0] !== 'DescriptorError',
);

test('every exported function has a row', () => {
  const known = [...Object.keys(CALLS), ...Object.values(EXEMPT).flat()];
  expect(known.toSorted()).toEqual(functions.map(([name]) => name).toSorted());
  expect(shot !== undefined && core.isRefusal(finding)).toBe(false);
});

/** A graph is the library's own: what is in it is not looked at one by one. */
const isWithinGraph = (place: string): boolean =>
  /\.(?:nodes|top|roots|leaves|deadBranches|node|children|chain|ancestors|descendants|level|commonAncestor|isActive)\b/.test(
    place,
  );

/** What becomes of a call: `done`, the code of a typed error or finding, or the name of an untyped error. */
async function outcomeOf(run: () => unknown): Promise<string> {
  try {
    const result: unknown = await run();
    if (result === undefined) return 'nothing';
    const isRefused =
      typeof result === 'object' &&
      result !== null &&
      ('accepted' in result
        ? result.accepted === false
        : 'outcome' in result && result.outcome === 'refused');
    return isRefused ? 'refused' : 'done';
  } catch (error) {
    if (error instanceof core.DescriptorError) return error.code;
    return `untyped ${String(error)}`;
  }
}

describe('a wrong value is refused with a code', () => {
  test.each(functions.filter(([name]) => name in CALLS))('%s', async (name, run) => {
    const args = CALLS[name] ?? [];
    expect(await outcomeOf(() => run(...args))).toBe('done');
    const faults: string[] = [];
    for (const call of wrongCalls(args)) {
      if (isWithinGraph(call.place)) continue;
      const outcome = await outcomeOf(() => run(...call.args));
      const isFault = outcome.startsWith('untyped') || (call.isOfOtherType && outcome === 'done');
      if (isFault) faults.push(`${call.place} = ${inspect(call.value)}: ${outcome}`);
    }
    expect(faults).toEqual([]);
  });
});
