/** What the clusters of an image are used for. */
export interface ClusterUsage {
  /** Virtual clusters that have an entry, be it a wrong one. */
  readonly allocated: number;
  /** Clusters of the file that entries lead to, each counted once. */
  readonly used: number;
  /** Clusters of the file after the header. */
  readonly data: number;
  /** Of these, those of a valid format extension. */
  readonly extension: number;
  /** Of these, those that nothing refers to. */
  readonly unused: number;
}
