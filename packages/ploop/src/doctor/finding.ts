/** What can be found out about a machine: a closed set. */
export type PreflightCode =
  | 'TOOL'
  | 'TOOL_MISSING'
  | 'TOOL_UNKNOWN'
  | 'DRIVER'
  | 'DRIVER_MISSING'
  | 'DRIVER_OF_OTHER_RELEASES'
  | 'ROOT'
  | 'NOT_ROOT'
  | 'HELPERS'
  | 'HELPERS_MISSING'
  | 'FILE_SYSTEM'
  | 'FILE_SYSTEM_UNSUITABLE'
  | 'FILE_SYSTEM_UNKNOWN'
  | 'SPACE'
  | 'SPACE_OVERCOMMITTED'
  | 'SPACE_UNKNOWN'
  | 'DISK'
  | 'DISK_UNREADABLE'
  | 'LOCK_FREE'
  | 'LOCK_HELD'
  | 'LOCK_UNKNOWN';

/** One thing that was found out. */
export interface PreflightFinding {
  readonly code: PreflightCode;
  /** `error`: disks cannot be mounted or changed. `warning`: something will fail, or may. `info`: as it should be. */
  readonly severity: 'error' | 'warning' | 'info';
  /** For people; what it says is in `data`. */
  readonly message: string;
  readonly hint?: string;
  /** Sizes in bytes, paths absolute. */
  readonly data: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
}
