import { parseDescriptor } from '@ploop/descriptor';
import { expect, test } from 'vitest';

import { commands, type Command, type CommandName } from '../../src/index.ts';
import { CALLED, recordedCalls, type Call } from './calls.ts';
import { commandOf, guidIn } from './command-of.ts';


type AnyCommand = Command<unknown, unknown>;

/** The recorded calls were made with `-v3`; these commands are run with `-v-1`, without the lines of the library. */
const LOG_LINE = /^(?:Opening delta|read|read parent) \/.*\n/gm;

const fieldsOf = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stdout.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
const numberIn = (text = ''): number => Number(text);
const orNone = (text = ''): string | undefined => (text === '' ? undefined : text);

const sizesOf = (stdout: string) => {
  const { size, blocksize, fmt_version: version } = fieldsOf(stdout);
  return {
    size: numberIn(size) * 512,
    clusterSize: numberIn(blocksize) * 512,
    version: numberIn(version),
  };
};
const jsonOf = (stdout: string): unknown => JSON.parse(stdout.slice(stdout.search(/^\{/m)));

interface Tree {
  readonly path: string;
  readonly children?: readonly Tree[];
}
const treeOf = ({ path, children = [] }: Tree): unknown => ({ path, children: children.map(treeOf) });

interface Shots {
  readonly all: ReadonlySet<string>;
  readonly temporary: ReadonlySet<string>;
}

/** The shots of the disk of a call, before or after it, by GUID in lower case. */
function shotsOf({ argv }: Call, { descriptors }: Call['after']): Shots {
  const text = descriptors.get(argv.at(-1) ?? '') ?? '';
  const { descriptor } = parseDescriptor(text);
  const { shots = [] } = descriptor ?? {};
  const keys = (some: typeof shots): ReadonlySet<string> => new Set(some.map(({ guid }) => guid.toLowerCase()));
  return { all: keys(shots), temporary: keys(shots.filter(({ temporary }) => temporary)) };
}

/** What a text says, read in another way than by our parsers; `undefined` if we do not make such a call. */
const expected: Partial<Record<CommandName, (call: Call, stdout: string) => unknown>> = {
  info: (_call, stdout) => sizesOf(stdout),
  infoDevice: ({ argv }, stdout) => {
    if (!argv.includes('-s')) return undefined;
    const { device, partition } = fieldsOf(stdout);
    return { ...sizesOf(stdout), device: orNone(device), partition: orNone(partition) };
  },
  cbtShow: (_call, stdout) => {
    const { Size: size, Granularity: granularity, uuid } = fieldsOf(stdout);
    if (size === undefined) return { none: true };
    return expect.objectContaining({
      size: numberIn(size),
      granularity: numberIn(granularity),
      guid: `{${uuid ?? ''}}`,
    }) as unknown;
  },
  volumeInfo: (_call, stdout) => ({ fileBytes: (jsonOf(stdout) as { readonly size: number }).size }),
  volumeTree: (_call, stdout) => treeOf(jsonOf(stdout) as Tree),
  list: () => [],
  snapshot: (call, stdout) => {
    // A path that the tool took for a descriptor, and the recording did not.
    if (!call.before.descriptors.has(call.argv.at(-1) ?? '')) return undefined;
    // The same call merges temporary shots away, so that it can use their GUIDs again.
    const { all, temporary } = shotsOf(call, call.before);
    const made = [...shotsOf(call, call.after).all].filter((guid) => !all.has(guid) || temporary.has(guid));
    const told = /snapshot (\{[^}]*\}) has been successfully created/.exec(stdout)?.[1] ?? '';
    expect(made, call.where).toContain(told.toLowerCase());
    return { guid: told };
  },
  snapshotDelete: (call) => {
    const guid = guidIn(call.argv[call.argv.indexOf('-u') + 1] ?? '').toLowerCase();
    const isMarked = shotsOf(call, call.after).temporary.has(guid);
    return { markedTemporary: isMarked && !shotsOf(call, call.before).temporary.has(guid) };
  },
  check: (_call, stdout) => ({ report: stdout.split('\n').filter((line) => line !== '') }),
};

test.each(CALLED)('%s: what it prints is read right', (release) => {
  const counts: Partial<Record<CommandName, number>> = {};
  for (const call of recordedCalls(release).filter(({ exit }) => exit === 0)) {
    const ours = commandOf(call.argv);
    const read = ours && expected[ours.name];
    if (ours === undefined || read === undefined) continue;
    const command = commands[ours.name] as AnyCommand;
    const isHelper = command.name.includes(' ');
    const stdout = isHelper ? call.stdout : call.stdout.replace(LOG_LINE, '');
    const wanted = read(call, call.stdout);
    if (wanted === undefined) continue;
    const parsed = command.parse(ours.name === 'check' ? call.stdout : stdout, ours.input, {
      stderr: call.stderr,
    });
    const isNone = 'value' in parsed && parsed.value === undefined;
    expect({ where: call.where, parsed: isNone ? { value: { none: true } } : parsed }).toEqual({
      where: call.where,
      parsed: { value: wanted },
    });
    counts[ours.name] = (counts[ours.name] ?? 0) + 1;
  }
  console.info(`${release} ${JSON.stringify(counts)}`);
  expect(counts.info).toBeGreaterThan(0);
});
