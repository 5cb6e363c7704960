/** Why a call is refused before anything is started, and what that is about. */
export const refusals = {
  PATH_INVALID: 'a path cannot be handed to the tool',
  SIZE_INVALID: 'a size is no whole number of sectors or beyond what the format holds',
  CLUSTER_SIZE_INVALID: 'a cluster size is no power of two from 32 KiB to 64 MiB',
  GUID_INVALID: 'a text is no GUID, or one with a fixed meaning',
  TARGET_EXISTS: 'a file is already there; the tool would delete it',
  OPTION_INVALID: 'an option of the run has no meaning',
  NOT_IN_RELEASE: 'the release of the tool does not have the subcommand or option',
  DISK_DAMAGED: 'the descriptor or an image is damaged, and the change would lose data',
  PARENT_IS_SHARED: 'other shots hang on the parent, which would be written to',
  SNAPSHOT_UNKNOWN: 'there is no such snapshot',
  SNAPSHOT_IS_TOP: 'the snapshot is the top delta, whose data would be lost',
} as const satisfies Record<string, string>;

/** Why a call was refused: a closed set. */
export type Refusal = keyof typeof refusals;
