import { NIL_GUID, TOP_GUID } from '../../guid.ts';
import { type CandidateData, mayBeText } from './candidate.ts';
import { agreed, counted, type Entries, type Nothing, noted, quoted, refused } from '../entry.ts';

/** What findings about the graph of snapshots are about. */
export interface GraphData {
  SHOT_ASSUMED: { readonly guid: string };
  SHOT_LOST: {
    readonly guid: string;
    /** The shot that names it as its parent, if one does. */
    readonly child?: string;
    /** The only shot that it can stand on, or zeros if it can only be the base. */
    readonly parent?: string;
    /** The shot that it stands on if the disk has no branches, where it can stand on others as well. */
    readonly unbranched?: string;
  };
  TOP_GUID_EMPTY: Nothing;
  TOP_GUID_ASSUMED: { readonly guid: string };
  TOP_GUID_MISSING: {
    /** GUIDs of the shots without children. */
    readonly leaves?: readonly string[];
  };
  TOP_GUID_UNKNOWN: {
    readonly guid: string;
    /** GUIDs of the shots without children. */
    readonly leaves?: readonly string[];
  };
  TOP_TEMPORARY: { readonly guid: string };
  REVERSE_MERGE_INTERRUPTED: { readonly guid: string };
  COUNT_MISMATCH: { readonly images: number; readonly shots: number };
  SHOT_UNKNOWN: { readonly guid: string };
  SNAPSHOT_AMBIGUOUS: { readonly name: string; readonly candidates: readonly string[] };
  PARENT_UNKNOWN: { readonly guid: string; readonly parentGuid: string };
  PARENT_CYCLE: { readonly guid: string };
  SHOT_WITHOUT_IMAGE: {
    readonly guid: string;
    /** Files of the directory that may be its image. */
    readonly candidates?: readonly CandidateData[];
  };
  GUID_DUPLICATE: { readonly guid: string };
  FILE_DUPLICATE: { readonly guid: string; readonly other: string; readonly file: string };
  FILES_EXCHANGED: {
    readonly guid: string;
    readonly file: string;
    readonly other: string;
    /** Of a split disk: the part that the file is named as, and the one that it is in, from 0. */
    readonly part?: number;
    readonly place?: number;
  };
  IMAGE_WITHOUT_SHOT: { readonly guid: string };
  TOP_WITH_CHILDREN: {
    readonly guid: string;
    readonly children: number;
    /** Whether a shot above it without children has the constant GUID of the top. */
    readonly constantAbove?: true;
  };
  SEVERAL_BASES: { readonly guid: string; readonly first: string };
  DEAD_BRANCH: { readonly guid: string; readonly shots: number };
  OLD_FORMAT: {
    readonly guid: string;
    readonly constantTaken?: true;
    /** Whether the shot that has it lies above the top. */
    readonly constantAbove?: true;
  };
  TOP_GUID_CASE: { readonly guid: string; readonly topGuid: string };
  GUID_CASE: { readonly guid: string };
  TEMPORARY_STUCK: { readonly guid: string; readonly children: number };
  TEMPORARY_SNAPSHOT: {
    readonly guid: string;
    /** Its image, if that was looked at. */
    readonly file?: string;
    readonly bytes?: number;
    /** The image above, which is merged into it. */
    readonly child?: { readonly file: string; readonly bytes: number };
  };
  SNAPSHOTS_LEFT: { readonly left: number };
}

/** The shot that is the top, if only one can be. */
function leafText({ leaves = [] }: { readonly leaves?: readonly string[] }): string {
  return leaves.length === 1 ? `; the only shot without children is ${String(leaves[0])}` : '';
}

function parentText({ parent, unbranched }: GraphData['SHOT_LOST']): string {
  if (parent === NIL_GUID) return `ParentGUID ${parent}, as it can only be the base`;
  if (parent !== undefined) return `ParentGUID ${parent}, the only shot that it can stand on`;
  const known = 'the ParentGUID that it had, by a backup of the descriptor';
  return unbranched === undefined
    ? known
    : `${known}. Without a backup, write ParentGUID ${unbranched} only if the disk was never switched to an older snapshot: it can stand on other shots as well`;
}

const EXCHANGED = 'the two were exchanged in the descriptor, or the files were renamed';

const MOST_CANDIDATES = 5;

/** The codes of findings about the graph of snapshots. */
export const graphCodes: Entries<GraphData> = {
  SHOT_ASSUMED: noted(
    'warning',
    ({ guid }) =>
      `there is an image more than there are shots; the tool adds shot ${guid} as a base`,
    'Let no command change the disk: the next change writes the addition into the descriptor. In a copy of the descriptor, write the missing Shot.',
  ),
  SHOT_LOST: noted(
    'error',
    ({ guid, child, parent }) => {
      const named = child === undefined ? '' : `, which ${child} names as its parent`;
      const hidden =
        child === undefined && parent !== NIL_GUID
          ? ', so that the disk reads without the images below'
          : '';
      return `the Shot of image ${guid} is lost${named}; the tool adds a shot ${TOP_GUID} without a parent in its place${hidden}`;
    },
    (lost) =>
      `Let no command change the disk: the next change writes the addition into the descriptor. In a copy of the descriptor beside it, write the Shot with GUID ${lost.guid} and ${parentText(lost)}. Look at the copy with ploop-inspect check --deep, then compare an export with what is expected.`,
  ),
  TOP_GUID_EMPTY: refused(
    () => 'TopGUID is empty',
    'In a copy of the descriptor, write the GUID of the top delta, the shot without children that is written to.',
  ),
  TOP_GUID_ASSUMED: noted(
    'info',
    ({ guid }) => `there is no TopGUID; the tool takes ${guid}`,
    'Nothing has to be done if that shot is the one that is written to. The tool writes TopGUID when it next changes the descriptor.',
  ),
  TOP_GUID_MISSING: refused(
    (data) => `there is no TopGUID${leafText(data)}`,
    ({ leaves = [] }) =>
      leaves.length === 1
        ? `Copy the descriptor to another name, add TopGUID with ${String(leaves[0])} in the copy before its first Shot, and look at the copy with ploop-inspect.`
        : 'Find out which shot is written to: one without children. Add TopGUID before the first Shot in a copy of the descriptor, and look at the copy with ploop-inspect.',
  ),
  TOP_GUID_UNKNOWN: refused(
    (data) => `TopGUID is ${data.guid}, and no shot has that GUID${leafText(data)}`,
    ({ leaves = [] }) =>
      `TopGUID is misspelt, or the Shot and the Image of the top are lost: a file that no image is in may be the newest state then. Never write a shot with children. ${
        leaves.length === 1
          ? `Copy the descriptor to another name beside it, write ${String(leaves[0])} as TopGUID in the copy, and look at the copy with ploop-inspect.`
          : 'Find out which shot without children is written to, write it as TopGUID in a copy of the descriptor beside it, and look at the copy with ploop-inspect.'
      }`,
  ),
  TOP_TEMPORARY: refused(
    ({ guid }) => `the top delta ${guid} is temporary`,
    'In a copy of the descriptor, remove Temporary from that shot: the top is never merged away. If it has TemporaryZero or TemporaryZeroSwap instead, do not edit it: a merge was interrupted.',
  ),
  REVERSE_MERGE_INTERRUPTED: noted(
    'warning',
    ({ guid }) => `a reverse merge at ${guid} was interrupted`,
    'Read it as it is, do not edit it; release 8 or 9 resumes the merge when that shot is deleted while the disk runs.',
  ),
  COUNT_MISMATCH: refused(
    ({ images, shots }) =>
      `the numbers differ: ${counted(images, 'image')} and ${counted(shots, 'shot')}`,
    'Every image needs its shot and every shot its image. Remove nothing to make the numbers equal: find what is lost in a backup of the descriptor.',
  ),
  SHOT_UNKNOWN: noted(
    'error',
    ({ guid }) => `there is no shot ${guid}`,
    'List the GUIDs with `ploop-inspect show DISK`. For ploop-inspect the beginning of a GUID is enough if no other GUID begins with it; the ploop tool takes whole GUIDs only.',
  ),
  SNAPSHOT_AMBIGUOUS: noted(
    'error',
    ({ name, candidates }) =>
      `${quoted(name)} can be ${candidates.slice(0, MOST_CANDIDATES).join(', ')}${
        candidates.length > MOST_CANDIDATES
          ? ` or one of ${String(candidates.length - MOST_CANDIDATES)} more`
          : ''
      }`,
    'Give more of the GUID.',
  ),
  PARENT_UNKNOWN: noted(
    'error',
    ({ guid, parentGuid }) => `the parent ${parentGuid} of shot ${guid} is not a shot`,
    'Look for the parent: its GUID may be misspelt here, or its Shot and Image are lost. In a copy of the descriptor, write what is right, and look at the copy with ploop-inspect. Write zeros only if that shot is a base: over any other image, zeros hide what is in the images below.',
  ),
  PARENT_CYCLE: noted(
    'error',
    ({ guid }) => `the ancestors of shot ${guid} form a cycle`,
    'In a copy of the descriptor, mend the ParentGUIDs: following them from any shot must end at zeros. A backup of the descriptor shows what they were.',
  ),
  SHOT_WITHOUT_IMAGE: noted(
    'error',
    (data) => `shot ${data.guid} has no image${mayBeText(data)}`,
    ({ guid, candidates = [] }) =>
      candidates.length === 0
        ? 'Look for an image without shot first: one of the two GUIDs is probably misspelt. Otherwise, the Image was lost: in a copy of the descriptor, add it with its file.'
        : `Do not move, rename or remove what may be the file: it may be the only copy. Copy the descriptor to another name beside it, add an Image with GUID ${guid} and that file in the copy, and give the copy to ploop-inspect check and export, which only read.`,
  ),
  GUID_DUPLICATE: noted(
    'error',
    ({ guid }) => `${guid} is used twice`,
    'Let no command change the disk: a merge or delete can take the wrong file. In a copy of the descriptor, give each image and its shot a GUID of their own; a backup of the descriptor, or the sizes and dates of the files, show which belong together.',
  ),
  FILE_DUPLICATE: noted(
    'error',
    ({ guid, other, file }) => `${guid} and ${other} are in one file, ${quoted(file)}`,
    'Let no command change the disk: deleting or merging one of them destroys the other. Find the file of each, among the files that no image is in as well, and write it in a copy of the descriptor.',
  ),
  FILES_EXCHANGED: noted(
    'warning',
    ({ guid, file, other, part, place }) =>
      part === undefined || place === undefined
        ? `${quoted(file)} of ${guid} has the GUID of ${other} in its name, whose file has that of ${guid}: ${EXCHANGED}`
        : `${quoted(file)} of ${guid} is named as part ${String(part)} and is in the place of part ${String(place)}, whose file is in its place: ${EXCHANGED}`,
    ({ part }) =>
      `Let no command change the disk: by the wrong order it reads ${
        part === undefined ? 'older data over newer ones' : 'one part in the place of another'
      }. If the names are right, the descriptor is wrong: copy it to another name beside it, exchange the two files in the copy, and compare an export by it with one of the disk. If the files were renamed, nothing is wrong${
        part === undefined ? ': the one that was written last is the upper one' : ''
      }.`,
  ),
  IMAGE_WITHOUT_SHOT: noted(
    'error',
    ({ guid }) => `image ${guid} has no shot`,
    'Look for a shot without image: one of the two GUIDs is probably misspelt. Remove nothing.',
  ),
  TOP_WITH_CHILDREN: noted(
    'error',
    ({ guid, children, constantAbove }) =>
      `${counted(children, 'shot')} ${agreed(children, 'hangs', 'hang')} on the top delta ${guid}${
        constantAbove === true ? `; ${TOP_GUID}, the GUID of every top, is above it` : ''
      }`,
    ({ constantAbove }) =>
      constantAbove === true
        ? `TopGUID is probably wrong. Do not mount the disk: what is written to it changes the shots above. Copy the descriptor to another name beside it, write ${TOP_GUID} as TopGUID in the copy, and look at the copy with ploop-inspect check and export.`
        : 'What is written to the disk changes those shots. Unmount the disk, copy it as a whole, and do not run `ploop snapshot-delete` on the top: TopGUID names no shot afterwards. If TopGUID is {5fbaabe3-6958-40ff-92a7-860e329aab41}, `ploop snapshot DiskDescriptor.xml` on the unmounted copy freezes the state that they hang on.',
  ),
  SEVERAL_BASES: noted(
    'warning',
    ({ guid, first }) => `${guid} is a base, and so is ${first}`,
    'Several disks are in one descriptor, or a parent was lost: find out before anything is merged.',
  ),
  DEAD_BRANCH: noted(
    'info',
    ({ guid, shots }) => `the top does not need ${guid}: ${counted(shots, 'shot')} off its chain`,
    'Normal after a switch. If nobody goes back to it, copy the disk, then delete the branch, leaves first.',
  ),
  OLD_FORMAT: noted(
    'warning',
    ({ guid, constantTaken }) =>
      `the top delta is ${guid}, not the constant${constantTaken === true ? ', which another shot has' : ''}: the old format`,
    ({ constantTaken, constantAbove }) =>
      constantAbove === true
        ? 'The cause is that of TOP_WITH_CHILDREN, and the disk is probably not of the old format. Take no snapshot, and do not switch or convert: most releases write the constant twice, and the top is lost.'
        : constantTaken === true
          ? 'Take no snapshot and do not switch: most releases write the constant twice, and the top is lost. Keep a copy of the descriptor, give the other shot a new GUID in its Image, its Shot and the ParentGUID of its children, then run `ploop convert -f expanded DiskDescriptor.xml`.'
          : 'Releases 1.11 to 7.0.88 take no snapshot of it. Keep a copy of the descriptor; `ploop convert -f expanded DiskDescriptor.xml` rewrites it if the disk is expanded. The command refuses raw disks and drops Preallocated.',
  ),
  TOP_GUID_CASE: noted(
    'warning',
    ({ guid, topGuid }) =>
      guid === topGuid
        ? `the GUID of the top delta, ${guid}, has capitals`
        : `the top delta is spelled ${guid} here, and ${topGuid} as TopGUID`,
    'Keep a copy of the descriptor and spell it in lower case everywhere. Until then, do not pass it to `snapshot-switch`, which destroys the disk if the spelling differs from that of the top.',
  ),
  GUID_CASE: noted(
    'info',
    ({ guid }) => `${guid} has capitals`,
    'Every release handles it; lower case is what the tool itself writes.',
  ),
  TEMPORARY_STUCK: noted(
    'warning',
    ({ guid, children }) =>
      `${guid} is temporary and has ${String(children)} ${agreed(children, 'child', 'children')}: releases up to 1.15 take no snapshot`,
    'If it is to stay, remove the Temporary mark in a copy of the descriptor: that loses nothing. If it is to go, copy the disk, then delete children without children of their own, which gives up their states, until one is left.',
  ),
  TEMPORARY_SNAPSHOT: noted(
    'info',
    ({ guid, file, bytes, child }) => {
      const when = 'unless a device shows it, the next mount, umount, snapshot or snapshot-delete';
      const image =
        file === undefined ? '' : ` (${quoted(file)}, ${counted(String(bytes), 'byte')})`;
      const what =
        child === undefined
          ? 'removes it'
          : `removes it and moves what is in the file above (${counted(child.bytes, 'byte')}) into its image, which takes its time`;
      return `${guid}${image} is temporary: ${when} ${what}`;
    },
    'A backup that is running needs it: leave it then. If none is, it was left by one: copy the directory, then `ploop snapshot-delete -u GUID DiskDescriptor.xml` deletes it, as the next mount or snapshot does.',
  ),
  SNAPSHOTS_LEFT: noted(
    'warning',
    ({ left }) => `${counted(left, 'more snapshot')} can be taken before the limit of 126`,
    'Copy the disk, then delete or merge snapshots of the chain of the top whose states nobody needs.',
  ),
};
