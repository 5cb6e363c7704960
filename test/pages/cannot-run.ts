const DRIVER = 'needs a kernel driver of ploop';
const RELEASE = 'needs release 7.0.95 or later';
const RELEASE_8 = 'needs release 8 or 9';
const ABSENT = 'the program is not among those that tests need';
const FILES = 'the tests of openFiles and of ploop-inspect have disks with partitions';
const OPEN = 'the page leaves open what is to be run';

/** Commands of pages that no row runs, and why not. */
export const cannotRun: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CLUSTERS_UNUSED: { 'ploop balloon discard': DRIVER },
  CONTENT_ENCRYPTED: {
    'ploop encrypt': RELEASE,
    'cryptsetup luksOpen': 'needs root, device-mapper and a key',
  },
  DELTA_ORPHANED: {
    'ploop list': DRIVER,
    'grep -H . /sys/block/ploop*/pdelta/*/image': DRIVER,
    'dmsetup message DEVICE 0 get_img_name N': DRIVER,
  },
  CONTENT_LOST: { 'ploop-inspect tree PATH': FILES },
  FILE_SYSTEMS_SEVERAL: { 'ploop-inspect partitions PATH': FILES },
  FILE_SYSTEM_MISSING: { 'ploop-inspect check --deep PATH': FILES },
  FILES_LEFT_OUT: {
    'ploop-inspect cp': FILES,
    "ploop-inspect tar PATH --output - | tar --xattrs --xattrs-include='*' --acls -xpf - -C DIR":
      FILES,
  },
  FILE_SPARSE: {
    'rsync -S': ABSENT,
    'ploop mount DiskDescriptor.xml': DRIVER,
    'ploop mount -r DiskDescriptor.xml': DRIVER,
  },
  FILE_SYSTEM_TRUNCATED: { 'mount -o loop,ro disk.raw /mnt': 'needs root and loop devices' },
  GUID_DUPLICATE: { 'uuidgen -r': ABSENT },
  IMAGE_ALONE: { 'ploop mount IMAGE': DRIVER },
  IMAGE_FOREIGN: { 'ploop restore-descriptor NEW NEW/root.hdd': DRIVER },
  IMAGE_LINKED: { 'rsync --link-dest': ABSENT },
  LUKS_FOUND: { 'cryptsetup luksOpen': 'needs root, device-mapper and a key' },
  MOUNT_POINT_LEFT: { 'rm -r': 'the page warns of it' },
  NAMES_COLLIDE: { 'ploop-inspect cp': FILES, 'ploop-inspect tar PATH DIR --output FILE': FILES },
  OPTION_INVALID: {
    'ploop-inspect export PATH --output - | zstd > FILE.zst':
      'the tests of ploop-inspect export to pipes',
  },
  OWNER_NOT_KEPT: { 'setpriv --reuid UID --regid GID --clear-groups COMMAND': OPEN },
  PARTITION_UNKNOWN: { 'ploop-inspect partitions PATH': FILES },
  PREALLOCATED_PLAIN: { 'ploop mount -r': DRIVER },
  README: { 'dmsetup ls': 'needs device-mapper', 'ploop mount -r': DRIVER },
  REVERSE_MERGE_INTERRUPTED: {
    'ploop snapshot': RELEASE_8,
    'ploop snapshot-delete': RELEASE_8,
    'ploop snapshot-delete -u GUID DiskDescriptor.xml': RELEASE_8,
  },
  SHOT_PARENT_MISSING: { 'ploop mount -r': DRIVER },
  TEMPORARY_SNAPSHOT: { 'ploop tsnapshot': DRIVER, 'ploop umount -d DEVICE': DRIVER },
  TOP_GUID_MISSING: { 'ploop mount -r -u GUID': DRIVER },
  TOP_WITH_CHILDREN: { 'ploop snapshot': RELEASE_8, 'ploop mount -r -u GUID': DRIVER },
  VOLUME_CYCLE: { 'ploop info -s': RELEASE, 'ploop snapshot': RELEASE },
  VOLUME_LIMIT: {
    'ploop info -s': RELEASE,
    'ploop check': RELEASE,
    'ploop snapshot-list': RELEASE,
  },
  XML_SYNTAX: { 'xmllint --noout DiskDescriptor.xml': ABSENT },
};
