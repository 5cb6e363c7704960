/** The numbers of a file system, as statfs(2) gives them. */
export interface Statfs {
  /** In bytes. */
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly inodes: number;
  readonly inodesFree: number;
}

/** What the tool noted in `.statfs`. */
export interface NotedStatfs {
  readonly statfs: Statfs;
  /** Milliseconds since 1970. */
  readonly writtenMs: number;
  /** Whether the disk was written to since. */
  readonly stale: boolean;
}
