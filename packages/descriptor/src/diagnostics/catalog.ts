import type { DiagnosticCode, DiagnosticData, Severity } from './codes.ts';

interface Entry<Data> {
  readonly severity: Severity;
  /** Whether the tool refuses a descriptor that has this. */
  readonly refused: boolean;
  readonly text: (data: Data) => string;
  readonly hint: string;
}

const refused = <Data>(text: (data: Data) => string, hint: string): Entry<Data> => ({
  severity: 'error',
  refused: true,
  text,
  hint,
});
const noted = <Data>(
  severity: Severity,
  text: (data: Data) => string,
  hint: string,
): Entry<Data> => ({ severity, refused: false, text, hint });

const q = (text: string): string => JSON.stringify(text);

/** Every code: how bad it is, whether the tool refuses the descriptor for it, its words, and what to do. */
export const catalog: { readonly [Code in DiagnosticCode]: Entry<DiagnosticData[Code]> } = {
  FILE_UNREADABLE: refused(
    ({ file, reason }) => `cannot read ${q(file)}: ${reason}`,
    'Check the path and the permissions; give the descriptor or the directory that holds it.',
  ),
  FINDINGS_OMITTED: noted(
    'info',
    ({ count }) => `${String(count)} more findings are left out`,
    'Mend what is reported first; what remains shows up then.',
  ),
  EDIT_IMPOSSIBLE: noted(
    'error',
    ({ reason }) => reason,
    'Write the whole document with serializeDescriptor, if nothing foreign in it matters.',
  ),
  RELEASE_UNKNOWN: refused(
    ({ release }) => `there is no release ${q(release)}`,
    'Name a release of 1.x, 7, 8 or 9.',
  ),
  FILE_UNWRITABLE: noted(
    'error',
    ({ file, reason }) => `cannot write ${q(file)}: ${reason}`,
    'The file is as it was. Check the free space and the permissions of its directory.',
  ),
  FILE_NOT_SYNCED: noted(
    'error',
    ({ file, reason }) => `${q(file)} is replaced, but a power cut may undo that: ${reason}`,
    'Look at the kernel log: the disk or the file system fails.',
  ),
  OWNER_NOT_KEPT: noted(
    'error',
    ({ file, uid, gid }) =>
      `${q(file)} belongs to ${String(uid)}:${String(gid)}, who would lose it to the writer`,
    'The file is as it was. Write it as its owner or as root.',
  ),
  DESCRIPTOR_CHANGED: noted(
    'error',
    ({ file }) => `${q(file)} has changed since it was loaded`,
    'Load it again and begin anew; let no tool work on the disk meanwhile.',
  ),
  OPTION_INVALID: refused(
    ({ option, value }) => `${option} cannot be ${value}`,
    'Give a whole number of bytes, or leave the option out.',
  ),
  INPUT_TOO_LARGE: refused(
    ({ bytes, limit }) => `${String(bytes)} bytes are more than the limit of ${String(limit)}`,
    'A descriptor takes about 400 bytes a snapshot. Raise maxBytes if this one is genuine.',
  ),
  ENCODING_UNSUPPORTED: refused(
    ({ encoding }) => `encoding ${q(encoding)} is not supported`,
    'Save the descriptor as UTF-8.',
  ),
  ENCODING_INVALID: refused(
    ({ encoding }) => `not valid ${encoding}`,
    'Declare the encoding the file is in, or save it as UTF-8.',
  ),
  XML_EMPTY: refused(
    () => 'the document is empty',
    'Restore the descriptor from a backup. `ploop restore-descriptor` is only for disks that never had a snapshot.',
  ),
  XML_SYNTAX: refused(
    ({ reason }) => `not well-formed: ${reason}`,
    'Mend the XML at this place; the tool reads nothing of a document that is not well-formed.',
  ),
  XML_LIMIT: refused(
    ({ limit, most }) =>
      limit === 'depth'
        ? `elements nest deeper than ${String(most)}`
        : `a ${limit} is longer than ${String(most)} bytes`,
    'No writer of descriptors produces this; the tool refuses it too.',
  ),
  BYTE_ORDER_MARK: noted(
    'info',
    ({ encoding }) => `the document begins with a byte order mark of ${encoding}`,
    'Nothing has to be done; the tool writes none.',
  ),
  COMMENT: noted(
    'info',
    ({ count }) => `the tool drops comments when it rewrites the descriptor: ${String(count)}`,
    'Keep what they say elsewhere.',
  ),
  ELEMENT_UNKNOWN: noted(
    'info',
    ({ element, count }) =>
      `the tool drops ${element} when it rewrites the descriptor: ${String(count)}`,
    'Keep a copy of the descriptor if another product needs the element.',
  ),
  DISK_PARAMETERS_MISSING: refused(
    () => 'there is no Disk_Parameters element',
    'Add Disk_Parameters with Disk_size, Cylinders, Heads, Sectors and Padding.',
  ),
  DISK_SIZE_UNREADABLE: noted(
    'error',
    ({ text }) => `Disk_size is ${q(text)}, which the tool takes for 0`,
    'Write the size in sectors of 512 bytes; the header of the top image has it, for a raw disk without snapshots the length of the file.',
  ),
  DISK_SIZE_INEXACT: noted(
    'error',
    ({ text }) => `Disk_size ${text} is larger than any disk and cannot be held exactly`,
    'Write the size in sectors of 512 bytes; the header of the top image has it, for a raw disk without snapshots the length of the file.',
  ),
  STORAGE_MISSING: refused(
    () => 'there is no Storage element in StorageData',
    'Add a Storage with Start, End, Blocksize and one Image for each delta.',
  ),
  STORAGE_SPLIT: refused(
    ({ element }) => `${element} follows the first Storage, which the tool refuses`,
    'A second Storage makes a split disk: join its parts with the product that made them. Another element goes before the Storage.',
  ),
  BLOCK_SIZE_MISSING: refused(
    () => 'there is no Blocksize',
    'Write the cluster size in sectors, usually 2048; the image headers have it.',
  ),
  BLOCK_SIZE_UNREADABLE: refused(
    ({ text }) => `Blocksize is ${q(text)}, not a number`,
    'Write the cluster size in sectors, usually 2048; the image headers have it.',
  ),
  BLOCK_SIZE_INVALID: refused(
    ({ sectors }) => `Blocksize ${String(sectors)} is not a power of two from 64 to 131072`,
    'Write the cluster size in sectors, usually 2048; the image headers have it.',
  ),
  PREALLOCATED_INVALID: refused(
    ({ text }) => `Preallocated is ${q(text)}, neither 0 nor 1`,
    'Write 1 for a preallocated disk, or leave the element out.',
  ),
  PREALLOCATED_PLAIN: refused(
    () => 'the disk is preallocated and has a Plain image',
    'Look at the first 16 bytes of the base: a ploop signature there means Compressed for all images, none a raw disk without Preallocated. The wrong choice destroys the disk at the next write.',
  ),
  IMAGES_MISSING: refused(() => 'there is no Image', 'Add one Image for each delta file.'),
  IMAGE_GUID_MISSING: refused(
    ({ element }) => `${element} stands where an Image is expected and has no GUID`,
    'After the first Image the tool takes every element of a Storage for one.',
  ),
  IMAGE_FILE_MISSING: refused(
    ({ guid }) => `the image of ${guid} has no File`,
    'Write the name of the delta file, relative to the descriptor.',
  ),
  IMAGE_TYPE_UNKNOWN: noted(
    'info',
    ({ text }) => `Type ${q(text)} is taken for Compressed`,
    'Write Plain for all images of a raw disk, else Compressed.',
  ),
  GUID_INVALID: refused(
    ({ text }) => `${q(text)} is not a GUID`,
    'A GUID is 38 characters, braces included, with nothing around it.',
  ),
  VOLUME_INVALID: refused(
    ({ element }) => `${element} of the Volume is empty`,
    'Write what it is to name, or leave the element out where the volume has none.',
  ),
  VOLUME_UNREADABLE: refused(
    ({ directory, reason }) => `cannot read the parent volume ${q(directory)}: ${reason}`,
    'Bring the directory of the parent back to this place; a volume is worth nothing without it.',
  ),
  VOLUME_REFUSED: refused(
    ({ directory, code }) => `the parent volume ${q(directory)} is refused: ${code}`,
    'Mend the descriptor of the parent; its own findings say how.',
  ),
  VOLUME_CYCLE: refused(
    ({ directory }) => `the volume ${q(directory)} is its own ancestor`,
    'Find the true parent: the volume whose shots include the ParentGUID of the oldest shot.',
  ),
  VOLUME_LIMIT: refused(
    ({ most }) => `the volume has more than ${String(most)} ancestors`,
    'Merge volumes that nobody needs with ploop-volume.',
  ),
  SNAPSHOTS_MISSING: refused(
    () => 'there is no Snapshots element',
    'Add Snapshots with TopGUID and one Shot for each image.',
  ),
  SHOT_GUID_MISSING: refused(
    ({ element }) => `${element} stands where a Shot is expected and has no GUID`,
    'After the first Shot the tool takes every element of Snapshots for one: TopGUID goes before.',
  ),
  SHOT_PARENT_MISSING: refused(
    ({ guid }) => `shot ${guid} has no ParentGUID`,
    'Write the GUID of the parent, or zeros for a base.',
  ),
  SHOT_ASSUMED: noted(
    'warning',
    ({ guid }) => `images and shots differ in number; the tool adds shot ${guid} as a base`,
    'Write the missing Shot, so that nothing depends on the addition.',
  ),
  TOP_GUID_EMPTY: refused(() => 'TopGUID is empty', 'Write the GUID of the top delta.'),
  TOP_GUID_ASSUMED: noted(
    'info',
    ({ guid }) => `there is no TopGUID; the tool takes ${guid}`,
    'Write the GUID of the top delta.',
  ),
  TOP_GUID_MISSING: refused(() => 'there is no TopGUID', 'Write the GUID of the top delta.'),
  TOP_GUID_UNKNOWN: refused(
    ({ guid }) => `the top delta ${guid} is no shot`,
    'Point TopGUID at the shot that is written to.',
  ),
  TOP_TEMPORARY: refused(
    ({ guid }) => `the top delta ${guid} is temporary`,
    'Remove Temporary from that shot: the top is never merged away. TemporaryZero and TemporaryZeroSwap are another matter: do not edit those.',
  ),
  REVERSE_MERGE_INTERRUPTED: noted(
    'warning',
    ({ guid }) => `a reverse merge at ${guid} was interrupted`,
    'Read it as it is, do not edit it; release 8 or 9 resumes the merge when that shot is deleted while the disk runs.',
  ),
  COUNT_MISMATCH: refused(
    ({ images, shots }) => `there are ${String(images)} images and ${String(shots)} shots`,
    'Every image needs its shot and every shot its image.',
  ),
  SHOT_UNKNOWN: noted(
    'error',
    ({ guid }) => `there is no shot ${guid}`,
    'List the snapshots to see which GUIDs there are.',
  ),
  PARENT_UNKNOWN: noted(
    'error',
    ({ guid, parentGuid }) => `the parent ${parentGuid} of shot ${guid} is no shot`,
    'Restore the missing Shot and Image, or give zeros if that shot is a base.',
  ),
  PARENT_CYCLE: noted(
    'error',
    ({ guid }) => `the ancestors of shot ${guid} form a cycle`,
    'Mend the ParentGUIDs: following them from any shot must end at zeros.',
  ),
  SHOT_WITHOUT_IMAGE: noted(
    'error',
    ({ guid }) => `shot ${guid} has no image`,
    'Add the Image that holds the data of this shot.',
  ),
  GUID_DUPLICATE: noted(
    'error',
    ({ guid }) => `${guid} is used twice`,
    'Give each image and its shot a GUID of their own; which belong together can be seen from the files.',
  ),
  FILE_DUPLICATE: noted(
    'error',
    ({ guid, other, file }) => `${guid} and ${other} are in one file, ${q(file)}`,
    'Find the file of each; deleting or merging one of them destroys the other.',
  ),
  IMAGE_WITHOUT_SHOT: noted(
    'error',
    ({ guid }) => `image ${guid} has no shot`,
    'Look for a shot without image: one of the two GUIDs is probably misspelt. Remove nothing.',
  ),
  TOP_WITH_CHILDREN: noted(
    'error',
    ({ guid, children }) => `${String(children)} shots hang on the top delta ${guid}`,
    'What is written to the disk changes those shots. Take no more writes; copy what is needed from them.',
  ),
  SEVERAL_BASES: noted(
    'warning',
    ({ guid, first }) => `${guid} is a base, and so is ${first}`,
    'Several disks are in one descriptor, or a parent was lost: find out before anything is merged.',
  ),
  DEAD_BRANCH: noted(
    'info',
    ({ guid, shots }) => `the top does not need ${guid}: ${String(shots)} shots off its chain`,
    'Normal after a switch. Delete the branch, leaves first, if nobody goes back to it.',
  ),
  OLD_FORMAT: noted(
    'warning',
    ({ guid }) => `the top delta is ${guid}, not the constant: the old format`,
    'Releases up to 1.15 take no snapshot of it. ploop convert -f expanded rewrites the descriptor of an expanded disk; it refuses raw ones and drops Preallocated.',
  ),
  TOP_GUID_CASE: noted(
    'warning',
    ({ guid, topGuid }) => `the top delta is spelled ${guid} here, and ${topGuid} as TopGUID`,
    'Spell it in lower case everywhere: switching to it in another spelling destroys the disk.',
  ),
  GUID_CASE: noted(
    'info',
    ({ guid }) => `${guid} has capitals`,
    'Every release handles it; lower case is what the tool itself writes.',
  ),
  FILE_AMBIGUOUS: noted(
    'warning',
    ({ file }) =>
      `${q(file)} has a .. that is not at the start: releases 7 and later look elsewhere`,
    'Write the path without it.',
  ),
  FILE_TOO_LONG: noted(
    'error',
    ({ file, bytes }) =>
      `File has ${String(bytes)} bytes, of which the tool reads fewer: ${q(file.slice(0, 40))}`,
    'Give the file a shorter name, and write that.',
  ),
  FILE_ABSOLUTE: noted(
    'info',
    ({ file }) => `${q(file)} is absolute`,
    'It stays behind when the disk is moved; write it relative to the descriptor.',
  ),
  FILE_OUTSIDE: noted(
    'info',
    ({ file }) => `${q(file)} is outside the directory of the descriptor`,
    'It stays behind when the directory is copied; take it along.',
  ),
  GEOMETRY_ZERO: noted(
    'warning',
    ({ cylinders, heads }) =>
      `${String(cylinders)} cylinders and ${String(heads)} heads: releases up to 1.15 crash on rewriting this`,
    'Write the heads and cylinders of the image header, or 16 heads and a cylinder for every 512 sectors.',
  ),
  DISK_SIZE_SUSPECT: noted(
    'warning',
    ({ sectors, ifBytes }) =>
      `Disk_size is ${String(sectors)} sectors; if that was meant in bytes, ${String(ifBytes)}`,
    'Compare with the header of the top image and write the size in sectors of 512 bytes.',
  ),
  TYPES_MIXED: noted(
    'warning',
    ({ plain, compressed }) =>
      `${String(plain)} images are Plain and ${String(compressed)} Compressed: the tool takes the disk for raw`,
    'If the base is a ploop image, write Compressed for all; if it is raw, Plain for all.',
  ),
  DROPPED_BY_OLD_RELEASES: noted(
    'warning',
    ({ element }) => `releases up to 1.15 drop ${element} when they write the descriptor`,
    'Use the disk with releases 7 and later only.',
  ),
  TEMPORARY_STUCK: noted(
    'warning',
    ({ guid, children }) =>
      `${guid} is temporary and has ${String(children)} children: releases up to 1.15 take no snapshot`,
    'If it is to stay, remove the Temporary mark: that loses nothing. If it is to go, delete children without children of their own, which gives up their states, until one is left.',
  ),
  SNAPSHOTS_LEFT: noted(
    'warning',
    ({ left }) => `${String(left)} more snapshots can be taken before the limit of 126`,
    'Delete or merge snapshots of the chain of the top whose states nobody needs.',
  ),
  DELTA_MISSING: noted(
    'error',
    ({ guid, file }) => `${q(file)} of ${guid} is missing, and the top needs it`,
    'Bring the file back: without it the disk cannot be read. Its name is relative to the descriptor.',
  ),
  SPARE_DELTA_MISSING: noted(
    'warning',
    ({ guid, file }) => `${q(file)} of ${guid} is missing; the top does not need it`,
    'Bring the file back: the snapshots that need it cannot be read. Deleting them gives up what is left of their data.',
  ),
  DELTA_UNREADABLE: noted(
    'error',
    ({ guid, file, reason }) => `${q(file)} of ${guid} cannot be read: ${reason}`,
    'Look at the permissions, and at what is in the place of the file.',
  ),
  DELTA_SHARED: noted(
    'error',
    ({ guid, other, file, otherFile }) =>
      `${q(file)} of ${guid} and ${q(otherFile)} of ${other} are one file`,
    'Find the file of each; what is written to one of them is written to the other.',
  ),
  DELTA_OUTSIDE: noted(
    'info',
    ({ guid, file }) => `${q(file)} of ${guid} is outside the directory of the descriptor`,
    'Take it along whenever the disk is copied or moved.',
  ),
  DELTA_ORPHANED: noted(
    'warning',
    ({ file, bytes }) => `no image is in ${q(file)}, a delta of ${String(bytes)} bytes`,
    'Leave it until it is sure that no device runs on the disk and the descriptor is not an old one; then move it aside rather than remove it.',
  ),
  OPERATION_INTERRUPTED: noted(
    'warning',
    ({ file }) =>
      `${q(file)}: an operation is running or was interrupted; the descriptor is the state before it`,
    'Keep a copy: the next operation replaces it, and it is the only record of what was under way. If it was a merge, the state of the parent may be lost already; the child and what is above it are not.',
  ),
  CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${q(file)}: a change of the format version is running or was interrupted`,
    'Keep the file: it has the block table of the image from before the change, which the tool puts back when it next opens the image.',
  ),
  RAW_CONVERSION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${q(file)}: a conversion to raw is running or was interrupted`,
    'Remove the file once it is sure that nothing is running and that the disk is in order.',
  ),
  CREATION_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${q(file)}: the creation of a disk is running or was interrupted`,
    'Remove the directory once it is sure that nothing is running.',
  ),
  SAVE_INTERRUPTED: noted(
    'warning',
    ({ file }) => `${q(file)}: a descriptor is being saved, or that was interrupted`,
    'The descriptor is as it was. Remove the file once it is sure that nothing is running.',
  ),
  MOUNT_POINT_LEFT: noted(
    'info',
    ({ file }) => `${q(file)} is where the tool mounts a disk for a moment`,
    'Remove the directory if it is empty and nothing is mounted there.',
  ),
  BACKUP_LEFT: noted(
    'info',
    ({ file }) => `${q(file)} is a copy that another product has made`,
    'No release of the tool reads it.',
  ),
  LOCK_FILE: noted(
    'info',
    ({ file }) => `${q(file)} is there: the tool has worked on the disk`,
    'Leave it: that it exists locks nothing, and to remove it in use breaks the lock.',
  ),
  HEADER_TOO_SHORT: noted(
    'error',
    ({ file, bytes }) => `${q(file)} has ${String(bytes)} bytes, fewer than the header of an image`,
    'Find out what the file is first. A truncated delta can only be replaced by a backup of the same state as the others.',
  ),
  HEADER_SIZE_INEXACT: noted(
    'error',
    ({ file, sectors }) => `${q(file)} states ${sectors} sectors, more than any disk has`,
    'The header is damaged: replace the image by a backup of the same state as the others.',
  ),
  HEADER_INVALID: noted(
    'error',
    ({ file, field, value }) => `${q(file)} is no ploop image: its ${field} is ${value}`,
    'Find out what the file is first: the base of a raw disk has no header. A damaged delta can only be replaced by a backup of the same state as the others.',
  ),
  IMAGE_UNSUPPORTED: noted(
    'error',
    ({ file, format }) => `${q(file)} is a ${format} image, which is not read here`,
    'Read it with qemu-img; its snapshots are inside the file.',
  ),
  IMAGE_IN_USE: noted(
    'warning',
    ({ file }) => `${q(file)} is marked as in use: what is read of it is a hint`,
    'Where a device runs on it, take a snapshot and read that. Where none does, the disk was not closed cleanly: what is there is all there is.',
  ),
  IMAGE_CHANGED: noted(
    'error',
    ({ file }) => `${q(file)} was written to while it was read`,
    'What was read is of no use: do it again while nothing writes to the file, or read a snapshot that is not the top.',
  ),
  BACKUP_OF_TOP: noted(
    'error',
    ({ guid }) => `${guid} is the top, which changes while a device runs on the disk`,
    'Take a snapshot and back that up; or ask for the top where it is sure that nothing runs.',
  ),
  BACKUP_INVALID: noted(
    'error',
    ({ reason }) => `the record of a backup cannot be used: ${reason}`,
    'Use the record as it was written when the backup was made.',
  ),
  BACKUP_DIFFERS: noted(
    'error',
    ({ file, reason }) => `${q(file)} is not what was backed up: ${reason}`,
    'Copy the file again. If a disk was mounted from the backup, its last file has changed and is no backup any more.',
  ),
  EXPORT_UNFINISHED: noted(
    'info',
    ({ file, done, size }) =>
      `${q(file)} has the first ${String(done)} of ${String(size)} bytes of an export`,
    'Export the same snapshot to the same target again to go on, or remove the file and the one of the same name with .json.',
  ),
  EXPORT_DIFFERS: noted(
    'error',
    ({ file }) => `what was read back from ${q(file)} is not what was written`,
    'The target or the memory fails: look at the kernel log before anything else is written there.',
  ),
  CHAIN_CLUSTER_SIZE: noted(
    'error',
    ({ file, sectors, expected }) =>
      `${q(file)} has clusters of ${String(sectors)} sectors, those below it ${String(expected)}`,
    'The images do not belong together: look for the right one among the backups.',
  ),
  CHAIN_REGROWN: noted(
    'warning',
    ({ file, from, to }) =>
      `the disk was smaller in ${q(file)}: what is below it shows up again from byte ${String(from)} to ${String(to)}`,
    'It is read as the tool merges it. QEMU reads zeros there.',
  ),
  EXTENSION_INVALID: noted(
    'warning',
    ({ file, offset, reason }) =>
      `the format extension of ${q(file)} at byte ${String(offset)} cannot be used: ${reason}`,
    'The data of the disk are not concerned. Take the next backup as a full one: what has changed since the last is not known.',
  ),
  CLUSTER_BEFORE_DATA: noted(
    'error',
    ({ file, cluster, offset, dataStart }) =>
      `${q(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, and data begin at ${String(dataStart)}`,
    'Copy the file before anything else. What the cluster held is not known: take it from a backup.',
  ),
  CLUSTER_BEYOND_END: noted(
    'error',
    ({ file, cluster, offset, bytes }) =>
      `${q(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, and the file has ${String(bytes)}`,
    'The file was cut off, or its copy is not complete: compare it with where it came from. Do not let the tool repair it before.',
  ),
  CLUSTER_MISALIGNED: noted(
    'error',
    ({ file, cluster, offset }) =>
      `${q(file)}: cluster ${String(cluster)} is at byte ${String(offset)}, between two clusters of the file`,
    'Copy the file before anything else. What the cluster held is not known: take it from a backup.',
  ),
  PARTITION_TABLE_DAMAGED: noted(
    'warning',
    ({ copy, position, flaw }) =>
      `the ${copy} copy of the partition table, at byte ${String(position)}, has a wrong ${flaw}`,
    'The other copy is used where it is sound. On a copy of the disk, `sgdisk --verify` tells more and `sgdisk --move-second-header` mends what growing the disk leaves.',
  ),
  PARTITION_CHAIN_BROKEN: noted(
    'warning',
    ({ position, reason }) =>
      `the chain of logical partitions breaks at byte ${String(position)}: ${reason}`,
    'Partitions after this place are not listed. Look at a copy of the disk with a partitioner.',
  ),
  PARTITION_OUTSIDE: noted(
    'warning',
    ({ partition, start, length, size }) =>
      `partition ${String(partition)}, ${String(length)} bytes from byte ${String(start)} on, is not within the ${String(size)} bytes of the disk`,
    'The snapshot may be older and smaller than the table, or the table is damaged. Do not mount it to write.',
  ),
  SUPERBLOCK_DAMAGED: noted(
    'warning',
    ({ family, position, field }) =>
      `the ${family} superblock at byte ${String(position)} has a wrong ${field}`,
    'On a copy of the disk, let the checker of the file system use another superblock.',
  ),
  FILE_SYSTEM_TRUNCATED: noted(
    'warning',
    ({ start, size, length }) =>
      `the file system at byte ${String(start)} says it has ${String(size)} bytes, and there are ${String(length)}`,
    'Do not mount it to write. The snapshot or the partition is smaller than when the file system was made.',
  ),
  FILE_SYSTEM_UNCLEAN: noted(
    'info',
    ({ type, start }) => `the ${type} at byte ${String(start)} was not unmounted`,
    'As in every snapshot of a running disk. What it says is free may be some seconds old; a mount replays the journal.',
  ),
  CLUSTER_SHARED: noted(
    'error',
    ({ file, cluster, other, offset }) =>
      `${q(file)}: clusters ${String(other)} and ${String(cluster)} are both at byte ${String(offset)}`,
    'Copy the file before anything else. One of the two has the data of the other: take both from a backup.',
  ),
  CLUSTERS_UNUSED: noted(
    'info',
    ({ file, clusters, bytes }) =>
      `nothing refers to ${String(clusters)} clusters of ${q(file)}: ${String(bytes)} bytes`,
    'Harmless. The space comes back when the disk is compacted or exported.',
  ),
  FILE_END_ODD: noted(
    'warning',
    ({ file, bytes, cluster }) =>
      `${q(file)} ends within a cluster: ${String(bytes)} bytes, in clusters of ${String(cluster)}`,
    'If the file was copied, compare it with where it came from. Releases 7 and later refuse it until it is repaired.',
  ),
  HEADER_INEXACT: noted(
    'warning',
    ({ file, field, value, expected }) =>
      `${q(file)}: ${field} of the header is ${value}, and ${expected} follows from the rest`,
    'The tool reads it; QEMU and the driver of releases 8 and 9 are stricter. Let the tool rewrite the header by a snapshot and a merge.',
  ),
  IMAGE_MARK: noted(
    'info',
    ({ file, mark }) => `${q(file)} is closed with the mark ${q(mark)}`,
    'Releases up to 1.15 take the image for one in use and repair it, which drops a format extension. Others read it.',
  ),
  IMAGE_CONVERTING: noted(
    'warning',
    ({ file }) => `a change of the format version of ${q(file)} was interrupted`,
    'Keep the .idx file beside it: the tool puts the block table back from it when it next opens the image.',
  ),
  EMPTY_FLAG_WRONG: noted(
    'info',
    ({ file, allocated }) =>
      `${q(file)} says it is ${allocated > 0 ? 'empty' : 'not empty'} and has ${String(allocated)} clusters`,
    'Nothing reads the flag but the check of 1.15, which corrects it.',
  ),
  BAT_STALE: noted(
    'warning',
    ({ file, entries }) => `${q(file)} has ${String(entries)} entries behind the end of the disk`,
    'The disk shrank. Where it grows again without these entries being cleared, old data come back: check it before.',
  ),
  CHAIN_VERSION: noted(
    'warning',
    ({ file, version, lower }) =>
      `${q(file)} has version ${String(version)}, the image below it ${String(lower)}`,
    'It can be read. Convert the disk to one version before the two are merged.',
  ),
  CHAIN_SHRUNK: noted(
    'warning',
    ({ file, sectors, lower }) =>
      `${q(file)} has ${String(sectors)} sectors, the image below it ${String(lower)}`,
    'What is below is cut off at the size of the upper image. The driver of releases 8 and 9 refuses such a chain.',
  ),
  BASE_NOT_RAW: noted(
    'warning',
    ({ file }) =>
      `the disk is raw by its descriptor, and its base ${q(file)} has the header of an image`,
    'The tool takes it for a bare disk all the same, and so does this package. If it is an image, the types in the descriptor are wrong.',
  ),
  BLOCK_SIZE_DIFFERS: noted(
    'error',
    ({ file, sectors, stated }) =>
      `${q(file)} has clusters of ${String(sectors)} sectors, and the descriptor says ${String(stated)}`,
    'The image decides what is read. The tool refuses to check or mount the disk until the two are the same.',
  ),
  DISK_SIZE_DIFFERS: noted(
    'warning',
    ({ file, sectors, stated }) =>
      `the top ${q(file)} has ${String(sectors)} sectors, and the descriptor says ${String(stated)}`,
    'The image decides. Other software, such as QEMU, believes the descriptor.',
  ),
  FILE_SPARSE: noted(
    'warning',
    ({ file, bytes, allocated }) =>
      `${q(file)} has holes: ${String(allocated)} of its ${String(bytes)} bytes are stored`,
    'Holes read as zeros. Releases up to 7 refuse such an image on ext4 until `ploop check -S` fills them.',
  ),
  IMAGE_IMPOSSIBLE: noted(
    'error',
    ({ version, size, blockSize, reason }) =>
      `no image of version ${String(version)} has ${String(size)} sectors in clusters of ${String(blockSize)}: ${reason}`,
    'Version 1 ends below 2 TiB; clusters are a power of two from 64 to 131072 sectors.',
  ),
};
