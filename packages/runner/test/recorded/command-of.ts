import { commands, type CommandName } from '../../src/index.ts';

/** A recorded call as our command and its input. */
export interface OurCall {
  readonly name: CommandName;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of an option, and of the words that are none. */
interface Reading {
  readonly name: CommandName;
  /** Fields by option; `true` where it takes no value. */
  readonly options?: Readonly<Record<string, readonly [field: string, read: (text: string) => unknown] | string>>;
  readonly words: readonly string[];
  readonly more?: Readonly<Record<string, unknown>>;
}

const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const text = (word: string): string => word;
/** The bytes that a size of the tool is. */
export function sizeIn(word: string): number {
  const [, digits = '', unit = ''] = /^(-?\d+)([KMGT]?)$/.exec(word) ?? [];
  return Number(digits) * (UNITS[unit] ?? 512);
}
const sectorsIn = (word: string): number => Number(word) * 512;
/** A GUID of the tool, which takes it without braces as well. */
export const guidIn = (word: string): string => (word.startsWith('{') ? word : `{${word}}`);
const keyIn = (word: string): unknown => (word === '' ? 'none' : { id: word });

const INIT = {
  '-s': ['size', sizeIn],
  '-t': ['fileSystem', text],
  '-f': ['format', text],
  '-b': ['clusterSize', sectorsIn],
  '-v': ['version', Number],
  '-k': ['keyId', text],
  '-L': ['label', text],
  '-T': ['imageType', text],
  '--nolazy': 'eager',
  '-S': 'sparse',
  '-P': 'withoutPartition',
  '--image': ['image', text],
} as const;
const REPLACE = {
  '-u': ['guid', guidIn],
  '-o': ['image', text],
  '-l': ['level', Number],
  '-i': ['replacement', text],
  '-k': 'keepName',
  '--keep-name': 'keepName',
} as const;

const readings: Readonly<Record<string, Reading>> = {
  init: { name: 'init', options: INIT, words: ['path'] },
  'volume create': { name: 'volumeCreate', options: INIT, words: ['volume'] },
  'volume snapshot': { name: 'volumeSnapshot', words: ['source', 'target'] },
  'volume clone': { name: 'volumeClone', words: ['source', 'target'] },
  'volume delete': { name: 'volumeDelete', words: ['volume'] },
  'volume switch': { name: 'volumeSwitch', words: ['from', 'to'] },
  'volume info': { name: 'volumeInfo', words: ['volume'] },
  'volume tree': { name: 'volumeTree', words: ['volume'] },
  snapshot: {
    name: 'snapshot',
    options: { '-u': ['guid', guidIn], '-b': ['trackingGuid', guidIn], '-o': 'offline' },
    words: ['descriptor'],
  },
  'snapshot-delete': {
    name: 'snapshotDelete',
    options: { '-u': ['guid', guidIn] },
    words: ['descriptor'],
    more: { discardTop: true },
  },
  'snapshot-switch': {
    name: 'snapshotSwitch',
    options: { '-u': ['guid', guidIn] },
    words: ['descriptor'],
  },
  'snapshot-merge': {
    name: 'snapshotMerge',
    options: {
      '-u': ['guid', guidIn],
      '-U': ['ancestor', guidIn],
      '-A': 'all',
      '-n': ['into', text],
    },
    words: ['descriptor'],
  },
  replace: { name: 'replace', options: REPLACE, words: ['descriptor'] },
  convert: {
    name: 'convert',
    options: { '-f': ['format', text], '-v': ['version', Number] },
    words: ['descriptor'],
  },
  grow: { name: 'grow', options: { '-s': ['size', sizeIn] }, words: ['descriptor'] },
  resize: { name: 'resize', options: { '-s': ['size', sizeIn] }, words: ['descriptor'] },
  'restore-descriptor': {
    name: 'restoreDescriptor',
    words: ['directory', 'image'],
    more: { alone: true },
  },
  encrypt: { name: 'encrypt', options: { '-k': ['key', keyIn] }, words: ['descriptor'] },
  check: { name: 'check', options: { '-u': ['guid', guidIn] }, words: ['descriptor'] },
  info: { name: 'info', options: { '-s': '' }, words: ['descriptor'] },
  'info -d': { name: 'infoDevice', options: { '-s': '', '-d': '' }, words: ['descriptor'] },
  list: { name: 'list', options: { '-a': 'mountPoints' }, words: [] },
  'snapshot-list': {
    name: 'snapshotList',
    options: { '-H': '', '-o': ['columns', text], '-s': 'snapshotsOnly', '-u': ['guid', guidIn] },
    words: ['descriptor'],
  },
  'cbt show': { name: 'cbtShow', options: { '--image': ['image', text] }, words: ['descriptor'] },
  'cbt drop': { name: 'cbtDrop', words: ['descriptor'] },
  'cbt dump': {
    name: 'cbtDump',
    options: { '--dst': ['target', text], '--src': ['source', text] },
    words: ['descriptor'],
  },
  'cbt diff': { name: 'cbtDiff', options: { '-o': ['output', text] }, words: ['one', 'other'] },
  'cbt cmp': { name: 'cbtCmp', words: ['one', 'other'] },
};

/** Our command for recorded arguments; `undefined` if no input gives them. */
export function commandOf(argv: readonly string[]): OurCall | undefined {
  const [first = '', second = '', ...others] = argv[0]?.startsWith('-v') ? argv.slice(1) : argv;
  const isPair = ['volume', 'cbt'].includes(first);
  const rest = isPair ? others : [second, ...others].filter((_, index) => index > 0 || second !== '');
  const isDevice = first === 'info' && rest.includes('-d');
  const key = isPair ? `${first} ${second}` : isDevice ? 'info -d' : first;
  const reading = readings[key];
  return reading && read(reading, rest);
}

function read({ name, options = {}, words, more }: Reading, rest: readonly string[]): OurCall | undefined {
  const input: Record<string, unknown> = { ...more };
  const plain: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const option = options[word];
    if (word.startsWith('-') && option === undefined) return undefined;
    if (option === undefined) plain.push(word);
    else if (typeof option === 'string') input[option] = true;
    else input[option[0]] = option[1](rest[(at += 1)] ?? '');
  }
  delete input[''];
  if (plain.length > words.length) return undefined;
  for (const [index, word] of plain.entries()) input[words[index] ?? ''] = word;
  return name in commands ? { name, input } : undefined;
}
