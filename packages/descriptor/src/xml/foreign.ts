/** What a document holds that the tool passes over, and drops when it rewrites the descriptor. */
export interface Foreign {
  /** The document type declaration, if there is one: where it starts, and what it refers to. */
  readonly doctype?: { readonly start: number; readonly external: readonly string[] } | undefined;
  readonly comments: { readonly count: number; readonly first: number };
  /** Of each name within elements of one name: how often, and where first. */
  readonly elements: readonly ForeignElement[];
  /** Names that are not in `elements`. */
  readonly omitted: number;
}

/** Elements of one name that the tool does not know. */
interface ForeignElement {
  readonly element: string;
  /** Steps to the first one, names without numbers. */
  readonly path: string;
  readonly offset: number;
  readonly count: number;
}

/** An element that the tool knows, and those within. */
type Known = ReadonlyMap<string, Known>;

const NOTHING: Known = new Map();
const leaves = (...names: readonly string[]): Known =>
  new Map(names.map((name) => [name, NOTHING] as const));

/** From its first one on, every element of a list is taken for one of it. */
const LISTS: ReadonlySet<string> = new Set(['Storage', 'Image', 'Shot']);

/** Within the root, whatever its name. */
const ROOT: Known = new Map([
  [
    'Disk_Parameters',
    new Map([
      ...leaves('Disk_size', 'Max_delta_size', 'Cylinders', 'Heads', 'Sectors', 'Padding'),
      ['Encryption', leaves('KeyId')],
    ]),
  ],
  [
    'StorageData',
    new Map<string, Known>([
      ['Volume', leaves('Parent', 'SnapshotGUID', 'ReadOnly')],
      [
        'Storage',
        new Map([
          ...leaves('Start', 'End', 'Blocksize', 'Preallocated'),
          ['Image', leaves('GUID', 'Type', 'File')],
        ]),
      ],
    ]),
  ],
  [
    'Snapshots',
    new Map([
      ...leaves('TopGUID'),
      ['Shot', leaves('GUID', 'ParentGUID', 'Temporary', 'TemporaryZero', 'TemporaryZeroSwap')],
    ]),
  ],
]);

/** More names than a writer makes up. */
const MOST_NAMES = 100;

/** One open element. */
interface Level {
  readonly name: string;
  /** What is known within; `undefined` within what is not known itself. */
  known: Known | undefined;
  inList: boolean;
}

/** Notes what is foreign while something else reads the document. */
export function createForeign(): {
  readonly open: (name: string, offset: number) => void;
  readonly close: () => void;
  readonly comment: (offset: number) => void;
  readonly found: () => Foreign;
} {
  const levels: Level[] = [];
  const elements = new Map<string, { count: number; offset: number; path: string }>();
  const comments = { count: 0, first: 0 };
  let omitted = 0;

  const note = (name: string, offset: number): void => {
    const path = `/${[...levels.map((level) => level.name), name].join('/')}`;
    const before = elements.get(path);
    if (before !== undefined) before.count += 1;
    else if (elements.size < MOST_NAMES) elements.set(path, { count: 1, offset, path });
    else omitted += 1;
  };

  return {
    open: (name, offset) => {
      const parent = levels.at(-1);
      const local = name.slice(name.indexOf(':') + 1);
      const known = parent === undefined ? ROOT : parent.known?.get(local);
      if (parent?.known !== undefined && known === undefined && !parent.inList) note(local, offset);
      if (parent !== undefined && LISTS.has(local)) parent.inList = true;
      levels.push({ name: local, known, inList: false });
    },
    close: () => {
      levels.pop();
    },
    comment: (offset) => {
      if (comments.count === 0) comments.first = offset;
      comments.count += 1;
    },
    found: () => ({
      comments,
      elements: Array.from(elements.values(), ({ path, ...rest }) => ({
        element: path.slice(path.lastIndexOf('/') + 1),
        path,
        ...rest,
      })),
      omitted,
    }),
  };
}
