/** What an operation of the tool is called, and what to do if it was interrupted. */
interface OperationWords {
  readonly name: string;
  readonly hint: string;
}

/** Operations that prepare a descriptor in a file beside it. */
export type Operation =
  | 'snapshot'
  | 'temporary-snapshot'
  | 'switch'
  | 'delete'
  | 'mark'
  | 'merge'
  | 'reverse-merge'
  | 'replace'
  | 'raw'
  | 'preallocate'
  | 'rewrite'
  | 'version'
  | 'resize'
  | 'limit'
  | 'encryption'
  | 'volume'
  | 'create'
  | 'restore-descriptor';

const TAKE_AGAIN =
  'Nothing is lost. If the disk was running, its device may write to the new file: see DELTA_ORPHANED. Otherwise take the snapshot again.';

const REPEAT = 'Nothing is lost: do it again.';

const MERGE_AGAIN =
  'The state of the parent may be lost already; the child and what is above it are not. Back up the disk, then do the merge again, and do not go back to the state of the parent.';

const RELEASE_AGAIN = 'Only the release that was at work knows how to go on.';

const words: Readonly<Record<Operation, OperationWords>> = {
  snapshot: { name: 'a snapshot', hint: TAKE_AGAIN },
  'temporary-snapshot': {
    name: 'a temporary snapshot, as of a backup or a migration',
    hint: TAKE_AGAIN,
  },
  switch: {
    name: 'a switch to another snapshot',
    hint: 'The top is still the one before it. A switch gives up what was written since the snapshot: do it again only if that is still wanted.',
  },
  delete: {
    name: 'the delete of a snapshot without children',
    hint: 'Nothing is lost yet, if the file of that snapshot is there: do the delete again only if it is still wanted.',
  },
  mark: {
    name: 'the delete of a snapshot with several children, or the beginning of a merge',
    hint: REPEAT,
  },
  merge: { name: 'a merge, or the delete of a snapshot with one child', hint: MERGE_AGAIN },
  'reverse-merge': {
    name: 'a reverse merge of release 8 or 9',
    hint: 'Read the disk as it is and do not edit it: both orders of the two files read the same.',
  },
  replace: {
    name: 'the replacement of an image',
    hint: 'Do the replacement again if the new file is there; if it is not, it has taken the name of the image already.',
  },
  raw: {
    name: 'a conversion to raw',
    hint: 'Look at the base with `head -c 16 BASE`. If it has no ploop signature, it is raw already: write Plain in the Type of every image, and do not repeat the conversion, which deletes the file. If it has one, repeat the conversion.',
  },
  preallocate: { name: 'a conversion to preallocated', hint: REPEAT },
  rewrite: { name: 'a conversion to expanded', hint: REPEAT },
  version: {
    name: 'a change of the format version',
    hint: 'Look whether `ploop-inspect check` reports CONVERSION_INTERRUPTED or IMAGE_CONVERTING as well, and do what is said there.',
  },
  resize: {
    name: 'a resize',
    hint: 'Do the resize again. If the disk has its new size already, the tool changes nothing more: copy Disk_size, End and the geometry from the file into the descriptor.',
  },
  limit: { name: 'a change of the size limit of the top', hint: REPEAT },
  encryption: { name: 'an encryption or decryption', hint: RELEASE_AGAIN },
  volume: { name: 'an operation on a volume', hint: RELEASE_AGAIN },
  create: {
    name: 'the creation of a disk',
    hint: 'If there never was a descriptor, create the disk again. If it was lost, this may be its newest copy: keep it.',
  },
  'restore-descriptor': {
    name: 'the restore of a descriptor',
    hint: 'Restore it again, unless the file shows that the disk has snapshots: the restored one has none.',
  },
};

const UNKNOWN =
  'Nothing shows which operation it was. If it was a merge, or the delete of a snapshot with one child, the state of the parent may be lost already: do the same again, and do not go back to the state of the parent. If it was a conversion to raw, look at the base with `head -c 16 BASE` first: without a ploop signature it is raw already, and the conversion must not be repeated. Other operations lose nothing: do the same again.';

/** The operations in words, as alternatives. */
export function operationsText(operations: readonly Operation[]): string {
  if (operations.length === 0) return 'which one is not known';
  const names = operations.map((operation) => words[operation].name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join('; ')}; or ${last}`;
}

/** What to do if one of them was interrupted: each step under the name of its operation if there are several. */
export function operationsHint(operations: readonly Operation[]): string {
  const [only] = operations;
  if (only === undefined) return UNKNOWN;
  if (operations.length === 1) return words[only].hint;
  return operations
    .map((operation) => `After ${words[operation].name}: ${words[operation].hint}`)
    .join(' ');
}
