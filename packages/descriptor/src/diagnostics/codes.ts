type Nothing = Readonly<Record<string, never>>;

/** What each finding is about. A code's data never changes its shape. */
export interface DiagnosticData {
  FILE_UNREADABLE: { readonly file: string; readonly reason: string };
  FINDINGS_OMITTED: { readonly count: number };
  EDIT_IMPOSSIBLE: { readonly reason: string };
  RELEASE_UNKNOWN: { readonly release: string };
  FILE_UNWRITABLE: { readonly file: string; readonly reason: string };
  FILE_NOT_SYNCED: { readonly file: string; readonly reason: string };
  OWNER_NOT_KEPT: { readonly file: string; readonly uid: number; readonly gid: number };
  DESCRIPTOR_CHANGED: { readonly file: string };
  OPTION_INVALID: { readonly option: 'maxBytes'; readonly value: string };
  INPUT_TOO_LARGE: { readonly bytes: number; readonly limit: number };
  ENCODING_UNSUPPORTED: { readonly encoding: string };
  ENCODING_INVALID: { readonly encoding: string };
  XML_EMPTY: Nothing;
  XML_SYNTAX: { readonly reason: string };
  XML_LIMIT: { readonly limit: 'depth' | 'text' | 'name' | 'tag'; readonly most: number };
  BYTE_ORDER_MARK: { readonly encoding: string };
  COMMENT: { readonly count: number };
  ELEMENT_UNKNOWN: { readonly element: string; readonly count: number };
  DISK_PARAMETERS_MISSING: Nothing;
  DISK_SIZE_UNREADABLE: { readonly text: string };
  DISK_SIZE_INEXACT: { readonly text: string };
  STORAGE_MISSING: Nothing;
  STORAGE_SPLIT: { readonly element: string };
  BLOCK_SIZE_MISSING: Nothing;
  BLOCK_SIZE_UNREADABLE: { readonly text: string };
  BLOCK_SIZE_INVALID: { readonly sectors: number };
  PREALLOCATED_INVALID: { readonly text: string };
  PREALLOCATED_PLAIN: Nothing;
  IMAGES_MISSING: Nothing;
  IMAGE_GUID_MISSING: { readonly element: string };
  IMAGE_FILE_MISSING: { readonly guid: string };
  IMAGE_TYPE_UNKNOWN: { readonly text: string };
  GUID_INVALID: { readonly text: string };
  VOLUME_INVALID: { readonly element: 'Parent' | 'SnapshotGUID' };
  VOLUME_UNREADABLE: { readonly directory: string; readonly reason: string };
  VOLUME_REFUSED: { readonly directory: string; readonly code: DiagnosticCode };
  VOLUME_CYCLE: { readonly directory: string };
  VOLUME_LIMIT: { readonly most: number };
  SNAPSHOTS_MISSING: Nothing;
  SHOT_GUID_MISSING: { readonly element: string };
  SHOT_PARENT_MISSING: { readonly guid: string };
  SHOT_ASSUMED: { readonly guid: string };
  TOP_GUID_EMPTY: Nothing;
  TOP_GUID_ASSUMED: { readonly guid: string };
  TOP_GUID_MISSING: Nothing;
  TOP_GUID_UNKNOWN: { readonly guid: string };
  TOP_TEMPORARY: { readonly guid: string };
  REVERSE_MERGE_INTERRUPTED: { readonly guid: string };
  COUNT_MISMATCH: { readonly images: number; readonly shots: number };
  SHOT_UNKNOWN: { readonly guid: string };
  PARENT_UNKNOWN: { readonly guid: string; readonly parentGuid: string };
  PARENT_CYCLE: { readonly guid: string };
  SHOT_WITHOUT_IMAGE: { readonly guid: string };
  GUID_DUPLICATE: { readonly guid: string };
  FILE_DUPLICATE: { readonly guid: string; readonly other: string; readonly file: string };
  IMAGE_WITHOUT_SHOT: { readonly guid: string };
  TOP_WITH_CHILDREN: { readonly guid: string; readonly children: number };
  SEVERAL_BASES: { readonly guid: string; readonly first: string };
  DEAD_BRANCH: { readonly guid: string; readonly shots: number };
  OLD_FORMAT: { readonly guid: string };
  TOP_GUID_CASE: { readonly guid: string; readonly topGuid: string };
  GUID_CASE: { readonly guid: string };
  FILE_AMBIGUOUS: { readonly file: string };
  FILE_TOO_LONG: { readonly file: string; readonly bytes: number };
  FILE_ABSOLUTE: { readonly file: string };
  FILE_OUTSIDE: { readonly file: string };
  GEOMETRY_ZERO: { readonly cylinders: number; readonly heads: number };
  DISK_SIZE_SUSPECT: { readonly sectors: number; readonly ifBytes: number };
  TYPES_MIXED: { readonly plain: number; readonly compressed: number };
  DROPPED_BY_OLD_RELEASES: { readonly element: 'Encryption' | 'Volume' };
  TEMPORARY_STUCK: { readonly guid: string; readonly children: number };
  SNAPSHOTS_LEFT: { readonly left: number };
  DELTA_MISSING: { readonly guid: string; readonly file: string };
  SPARE_DELTA_MISSING: { readonly guid: string; readonly file: string };
  DELTA_UNREADABLE: { readonly guid: string; readonly file: string; readonly reason: string };
  DELTA_SHARED: {
    readonly guid: string;
    readonly other: string;
    readonly file: string;
    readonly otherFile: string;
  };
  DELTA_OUTSIDE: { readonly guid: string; readonly file: string };
  DELTA_ORPHANED: { readonly file: string; readonly bytes: number };
  OPERATION_INTERRUPTED: { readonly file: string };
  CONVERSION_INTERRUPTED: { readonly file: string };
  RAW_CONVERSION_INTERRUPTED: { readonly file: string };
  CREATION_INTERRUPTED: { readonly file: string };
  SAVE_INTERRUPTED: { readonly file: string };
  MOUNT_POINT_LEFT: { readonly file: string };
  BACKUP_LEFT: { readonly file: string };
  LOCK_FILE: { readonly file: string };
  HEADER_TOO_SHORT: { readonly file: string; readonly bytes: number };
  HEADER_SIZE_INEXACT: { readonly file: string; readonly sectors: string };
  HEADER_INVALID: {
    readonly file: string;
    readonly field: 'signature' | 'type' | 'cluster size' | 'size' | 'first block offset';
    readonly value: string;
  };
  IMAGE_UNSUPPORTED: { readonly file: string; readonly format: 'qcow2' };
  IMAGE_IN_USE: { readonly file: string };
  IMAGE_CHANGED: { readonly file: string };
  BACKUP_OF_TOP: { readonly guid: string };
  BACKUP_INVALID: { readonly reason: string };
  BACKUP_DIFFERS: { readonly file: string; readonly reason: string };
  EXPORT_UNFINISHED: { readonly file: string; readonly done: number; readonly size: number };
  EXPORT_DIFFERS: { readonly file: string };
  CHAIN_CLUSTER_SIZE: {
    readonly file: string;
    readonly sectors: number;
    readonly expected: number;
  };
  CHAIN_REGROWN: { readonly file: string; readonly from: number; readonly to: number };
  EXTENSION_INVALID: { readonly file: string; readonly offset: number; readonly reason: string };
  CLUSTER_BEFORE_DATA: {
    readonly file: string;
    readonly cluster: number;
    readonly offset: number;
    readonly dataStart: number;
  };
  CLUSTER_BEYOND_END: {
    readonly file: string;
    readonly cluster: number;
    readonly offset: number;
    readonly bytes: number;
  };
  CLUSTER_MISALIGNED: { readonly file: string; readonly cluster: number; readonly offset: number };
  PARTITION_TABLE_DAMAGED: {
    readonly copy: 'primary' | 'backup';
    /** In bytes from the beginning of the disk. */
    readonly position: number;
    readonly flaw: string;
  };
  PARTITION_CHAIN_BROKEN: {
    readonly position: number;
    readonly reason: 'cycle' | 'too long' | 'no boot record';
  };
  PARTITION_OUTSIDE: {
    readonly partition: number;
    readonly start: number;
    readonly length: number;
    readonly size: number;
  };
  SUPERBLOCK_DAMAGED: {
    readonly family: 'ext' | 'xfs';
    readonly position: number;
    readonly field: string;
  };
  FILE_SYSTEM_TRUNCATED: {
    readonly start: number;
    readonly size: number;
    readonly length: number;
  };
  FILE_SYSTEM_UNCLEAN: { readonly type: string; readonly start: number };
  CLUSTER_SHARED: {
    readonly file: string;
    readonly cluster: number;
    readonly other: number;
    readonly offset: number;
  };
  CLUSTERS_UNUSED: { readonly file: string; readonly clusters: number; readonly bytes: number };
  FILE_END_ODD: { readonly file: string; readonly bytes: number; readonly cluster: number };
  HEADER_INEXACT: {
    readonly file: string;
    readonly field: 'clusters' | 'size' | 'first block offset' | 'flags';
    readonly value: string;
    readonly expected: string;
  };
  IMAGE_MARK: { readonly file: string; readonly mark: string };
  IMAGE_CONVERTING: { readonly file: string };
  EMPTY_FLAG_WRONG: { readonly file: string; readonly allocated: number };
  BAT_STALE: { readonly file: string; readonly entries: number };
  CHAIN_VERSION: { readonly file: string; readonly version: number; readonly lower: number };
  CHAIN_SHRUNK: { readonly file: string; readonly sectors: number; readonly lower: number };
  BASE_NOT_RAW: { readonly file: string };
  BLOCK_SIZE_DIFFERS: { readonly file: string; readonly sectors: number; readonly stated: number };
  DISK_SIZE_DIFFERS: { readonly file: string; readonly sectors: number; readonly stated: number };
  FILE_SPARSE: { readonly file: string; readonly bytes: number; readonly allocated: number };
  IMAGE_IMPOSSIBLE: {
    readonly version: 1 | 2;
    readonly size: number;
    readonly blockSize: number;
    readonly reason: string;
  };
}

/** Every code a finding can have: a closed set, stable across releases of this package. */
export type DiagnosticCode = keyof DiagnosticData;

/** `info`: every release handles it; `warning`: some release or a later operation trips over it; `error`: the disk, or an answer about it, is or will be wrong. */
export type Severity = 'info' | 'warning' | 'error';
