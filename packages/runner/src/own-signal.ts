/**
 * A signal that is aborted with the caller's: any number of runs may share that one, and Node warns of many listeners on
 * a signal.
 */
export function ownSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  return signal && AbortSignal.any([signal]);
}
