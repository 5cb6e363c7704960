/** What a failed file operation says, in words. The path is left out: findings have it already. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { message } = cause;
  if (!('syscall' in cause) || typeof cause.syscall !== 'string') return message;
  const end = message.indexOf(`, ${cause.syscall}`);
  return end < 0 ? message : message.slice(0, end);
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
