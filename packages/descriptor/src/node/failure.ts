/** What a failed file operation says, in words. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The code of a failed file operation: `ENOENT` and the like. */
export function failureOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

/** Whether a file operation failed as there is nothing at the path. */
export function isGone(cause: unknown): boolean {
  const code = failureOf(cause);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
