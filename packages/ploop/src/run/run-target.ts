import type { Runner } from '@ploop/runner';

/** What a mutation works on, and with. */
export interface Target {
  readonly descriptorPath: string;
  readonly runner: Runner;
}

/** What every mutation can be given. */
export interface MutationOptions {
  /** Sends the tool SIGTERM. It may finish anyway. */
  readonly signal?: AbortSignal | undefined;
}
