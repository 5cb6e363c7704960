/** Why a call is refused before anything is started, and what that is about. */
export const refusals = {
  PATH_INVALID: 'a path cannot be handed to the tool',
  SIZE_INVALID: 'a size is not whole sectors or clusters, or more than the format holds',
  CLUSTER_SIZE_INVALID: 'a cluster size is not a power of two from 32 KiB to 64 MiB',
  NUMBER_INVALID: 'a number is not whole or out of its range',
  TEXT_INVALID: 'a text cannot be handed to the tool, or would be cut',
  CHOICE_INVALID: 'a value is not one of those that every release knows',
  TARGET_AMBIGUOUS: 'a disk is named in no way, in several, or in one that does not apply',
  GUID_INVALID: 'a text is not a GUID, or one with a fixed meaning',
  TARGET_EXISTS: 'a file is already there; the tool would delete it',
  DIRECTORY_MISSING:
    'a directory is missing, which some releases notice when a device is left behind',
  DESCRIPTOR_BYPASSED: 'an image would be changed behind the back of the descriptor beside it',
  DISK_MOUNTED: 'the disk is on a device, and the tool would work on it anyway',
  MOUNT_UNKNOWN: 'neither the kernel nor the tool reports whether the disk is on a device',
  DISK_NOT_MOUNTED: 'the disk is on no device',
  DISK_HAS_SNAPSHOTS: 'the tool would treat one image of several, and lose what hangs together',
  DISK_IS_RAW:
    'the base image is raw, for which the tool does nothing, or damage, and exits with 0',
  IMAGE_IN_DISK: 'an image that is to be put in belongs to the disk already',
  REPLACEMENT_DIFFERS: 'a file that is to replace an image is not a copy of it',
  IMAGE_IS_DELTA: 'an image has the name of a snapshot delta, which is not a disk by itself',
  DELTAS_BESIDE:
    'other images lie beside the one that is to be the whole disk, which may be its oldest state',
  OPTION_INVALID: 'an argument or an option has the wrong type or no meaning',
  NOT_IN_RELEASE: 'the release of the tool does not have the subcommand or option',
  DISK_CHANGED:
    'another program changed the disk between two steps of the call, or while it was looked at',
  DISK_DAMAGED: 'the descriptor or an image is damaged, and the change would lose data',
  DELTA_OUTSIDE: 'a file of the disk is outside the directory that must hold all of them',
  PARENT_IS_SHARED: 'other shots hang on the parent, which would be written to',
  DESCRIPTOR_OUTDATED: 'the descriptor is in an old format, which has to be converted first',
  DESCRIPTOR_MISWRITTEN: 'the release would write the descriptor so that data is lost, or crash',
  RELEASE_UNFIT: 'the release of the tool would lose data, or do nothing and report success',
  DISK_IS_VOLUME: 'the disk is a volume, whose chain goes on in another directory',
  VOLUME_HAS_CHILDREN: 'other volumes continue from the volume, and would lose their base',
  VOLUME_HOLDS_IMAGES: 'images of other volumes lie in the directory that would be deleted',
  VOLUME_IS_WRITABLE: 'the volume is not a snapshot, so no other can continue from its state',
  IMAGE_LINKED:
    'the file of an image has other names, and what is written to it changes all of them',
  DESCRIPTOR_RIVAL:
    'another descriptor in the directory needs an image that would be changed or removed',
  IMAGE_UNKNOWN: 'the disk has no such image',
  GUID_TAKEN: 'there is a snapshot with that GUID',
  CHAIN_FULL: 'the disk has as many snapshots as are allowed',
  SNAPSHOT_UNKNOWN: 'there is no such snapshot',
  SNAPSHOT_IS_BASE: 'the snapshot is the base, which cannot be removed',
  SNAPSHOT_IS_TEMPORARY: 'a snapshot is marked temporary, and about to be merged away',
  SNAPSHOT_IS_TOP: 'the snapshot is the top delta, whose data would be lost',
} as const satisfies Record<string, string>;

/** Why a call was refused: a closed set. */
export type Refusal = keyof typeof refusals;
