/** Where the kernel's files are. Each can be replaced alone: for a host seen from a container, and for tests. */
export interface Roots {
  /** Default `/sys`. */
  readonly sys: string;
  /** Default `/proc`. */
  readonly proc: string;
  /** Where device nodes given by a caller are looked up. Default `/dev`. Answers always say `/dev/…`. */
  readonly dev: string;
  /** Where releases 8 and 9 register component names. Default `/run`. */
  readonly run: string;
}

const DEFAULTS: Roots = { sys: '/sys', proc: '/proc', dev: '/dev', run: '/run' };

/** The roots that a caller gave, and the usual ones for the others. */
export function rootsOf(given: Partial<Roots> = {}): Roots {
  const set = Object.entries(given).filter(([, path]) => typeof path === 'string');
  return { ...DEFAULTS, ...Object.fromEntries(set) };
}
