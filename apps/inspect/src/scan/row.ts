/** A disk of a scan. The line of `--format jsonl`; members are added in later versions, never renamed or removed. */
export interface DiskRow {
  /** Name of the machine that it was found on. */
  readonly host: string;
  /** Absolute path of the descriptor. */
  readonly path: string;
  readonly accepted: boolean;
  /** Virtual size in bytes; absent if it is not known. */
  readonly size?: number;
  /** Of all image files together, in bytes. */
  readonly fileBytes: number;
  /** What the file system stores of them, in bytes. */
  readonly stored: number;
  /** Snapshots, the top not counted. */
  readonly snapshots: number;
  readonly errors: number;
  readonly warnings: number;
  /** Codes of the findings that are errors or warnings, each once, the worst first. */
  readonly codes: readonly string[];
}
