import { guidKey, sameGuid, TOP_GUID, type DiskDescriptor } from '@ploop/descriptor';
import type { Operation } from '@ploop/descriptor/internal';

/** What may have been going on, and what shows it. */
export interface Between {
  /** One, or all that change a descriptor in that way. Empty if none is known to. */
  readonly operations: readonly Operation[];
  readonly evidence: string;
}

/** An image and its shot. */
interface State {
  readonly file: string;
  readonly parent: string | undefined;
  readonly temporary: boolean;
  readonly reverse: string;
}

type States = ReadonlyMap<string, State>;
type Compare = (before: States, after: States, top: string) => Between | undefined;

/**
 * Which operation makes one descriptor out of another.
 *
 * @param fileOf - Where a file is that a descriptor names.
 */
export function operationsBetween(
  before: DiskDescriptor,
  after: DiskDescriptor,
  fileOf: (name: string) => string,
): Between {
  const newer = statesOf(after, fileOf, (guid) => guid);
  const isRenamed =
    before.topGuid !== undefined &&
    after.topGuid !== undefined &&
    !sameGuid(before.topGuid, after.topGuid) &&
    sameGuid(after.topGuid, TOP_GUID);
  // Whatever the tool stores, it gives the top of an old descriptor its constant GUID first.
  const [old, top] = [guidKey(before.topGuid ?? ''), guidKey(after.topGuid ?? '')];
  const older = statesOf(before, fileOf, (guid) => (isRenamed && guid === old ? top : guid));
  for (const compare of comparisons) {
    const found = compare(older, newer, top);
    if (found !== undefined) return found;
  }
  const fields = fieldsBetween(before, after);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined)
    return { operations: [only.operation], evidence: `it differs in ${only.what} alone` };
  if (fields.length > 1) {
    const all = fields.map(({ what }) => what).join(' and ');
    return {
      operations: fields.map(({ operation }) => operation),
      evidence: `it differs in ${all}`,
    };
  }
  return isRenamed
    ? { operations: ['rewrite'], evidence: 'it differs in the GUID of the top alone' }
    : {
        operations: ['replace', 'version', 'preallocate', 'rewrite', 'resize'],
        evidence: 'it says the same as the descriptor',
      };
}

function statesOf(
  { images, shots }: DiskDescriptor,
  fileOf: (name: string) => string,
  renamed: (guid: string) => string,
): States {
  const byGuid = new Map(shots.map((shot) => [guidKey(shot.guid), shot]));
  return new Map(
    images.map(({ guid, file }) => {
      const shot = byGuid.get(guidKey(guid));
      const parent = shot && renamed(guidKey(shot.parentGuid));
      const { temporary = false, reverseMerge: reverse = '' } = shot ?? {};
      const state = { file: fileOf(file), parent, temporary, reverse };
      return [renamed(guidKey(guid)), state];
    }),
  );
}

const snapshot: Compare = (before, after, top) => {
  const { guids } = more(before, after);
  const [added] = guids;
  if (more(after, before).guids.length > 0 || added === undefined) return undefined;
  const isOne = guids.length === 1 && after.get(top)?.parent === added;
  if (!isOne || more(after, before).files.length > 0) return unknown('it has other images');
  const operation = after.get(added)?.temporary === true ? 'temporary-snapshot' : 'snapshot';
  return { operations: [operation], evidence: 'it has an image more' };
};

const merge: Compare = (before, after, top) => {
  const gone = more(after, before);
  if (gone.guids.length === 0) return undefined;
  const added = more(before, after);
  if (added.guids.length > 0) return unknown('it has other images');
  const images = gone.guids.length === 1 ? 'an image' : `${String(gone.guids.length)} images`;
  if (added.files.length > 0)
    return { operations: ['merge'], evidence: `it has ${images} less, and a new file` };
  const [guid = ''] = gone.guids;
  const moved = changed(before, after, ({ file }) => file);
  const isLeaf = moved.length === 0 && !isParent(before, guid);
  if (gone.guids.length === 1 && isLeaf)
    return { operations: ['delete'], evidence: 'it has an image less' };
  const [only] = moved;
  // Deleting the top leaves the same descriptor as merging it into its parent.
  const isTop = only === top && moved.length === 1 && before.get(top)?.parent === guid;
  const evidence = `it has ${images} less, and the file of another one for its child`;
  return {
    operations: gone.guids.length === 1 && isTop ? ['merge', 'delete'] : ['merge'],
    evidence,
  };
};

const sameImages: Compare = (before, after, top) => {
  const moved = changed(before, after, ({ file }) => file);
  const turned = changed(before, after, ({ parent }) => parent ?? '');
  const marked = changed(before, after, ({ temporary }) => String(temporary));
  const reversed = changed(before, after, ({ reverse }) => reverse);
  if (reversed.length > 0)
    return { operations: ['reverse-merge'], evidence: 'it differs in TemporaryZero' };
  const [only, second] = moved;
  if (moved.length === 0 && turned.length === 0)
    return marked.length === 0
      ? undefined
      : { operations: ['mark'], evidence: 'it differs in Temporary alone' };
  if (moved.length === 1 && only === top && (turned.length === 0 || turned[0] === top)) {
    const evidence = `it has another file${turned.length === 0 ? '' : ' and another parent'} for the top`;
    return { operations: turned.length === 0 ? ['switch', 'replace'] : ['switch'], evidence };
  }
  if (moved.length === 1 && turned.length === 0)
    return { operations: ['replace'], evidence: 'it has another file for an image' };
  const isSwap =
    moved.length === 2 && before.get(only ?? '')?.file === after.get(second ?? '')?.file;
  return isSwap && turned.length === 0
    ? { operations: ['reverse-merge'], evidence: 'two images have changed places in it' }
    : unknown('its images have other parents or files');
};

const comparisons: readonly Compare[] = [snapshot, merge, sameImages];

function unknown(evidence: string): Between {
  return { operations: [], evidence };
}

/** What the second has and the first has not. */
function more(
  first: States,
  second: States,
): { readonly guids: readonly string[]; readonly files: readonly string[] } {
  const files = new Set([...first.values()].map(({ file }) => file));
  return {
    guids: [...second.keys()].filter((guid) => !first.has(guid)),
    files: [...second.values()].map(({ file }) => file).filter((file) => !files.has(file)),
  };
}

/** The images of both that are not the same in something. */
function changed(before: States, after: States, of: (state: State) => string): readonly string[] {
  return [...after].flatMap(([guid, state]) => {
    const other = before.get(guid);
    return other === undefined || of(other) === of(state) ? [] : [guid];
  });
}

function isParent(states: States, guid: string): boolean {
  return [...states.values()].some(({ parent }) => parent === guid);
}

interface Field {
  readonly operation: Operation;
  readonly what: string;
}

/** The operations that change what a descriptor says besides its images. */
function fieldsBetween(before: DiskDescriptor, after: DiskDescriptor): readonly Field[] {
  const modes = { raw: 'raw', preallocated: 'preallocate', expanded: 'rewrite' } as const;
  const what = after.mode === 'raw' || before.mode === 'raw' ? 'Type' : 'Preallocated';
  return [
    ...(before.mode === after.mode ? [] : [{ operation: modes[after.mode], what }]),
    ...(before.size === after.size ? [] : [{ operation: 'resize' as const, what: 'Disk_size' }]),
    ...(before.maxDeltaSize === after.maxDeltaSize
      ? []
      : [{ operation: 'limit' as const, what: 'Max_delta_size' }]),
    ...(before.encryptionKeyId === after.encryptionKeyId
      ? []
      : [{ operation: 'encryption' as const, what: 'KeyId' }]),
  ];
}
