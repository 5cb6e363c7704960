import { createLogFile } from '../log/log-file.ts';
import type { LogLevel, LogSink } from '../log/log.ts';
import type { RunnerOptions } from './runner-options.ts';

const DEFAULT_LEVEL: LogLevel = 3;

/**
 * Where a runner logs to.
 *
 * @throws RefusedError `OPTION_INVALID` for a log file that cannot be written to.
 */
export function sinksOf({
  onLog,
  logFile,
  verbosity = DEFAULT_LEVEL,
  logLevel = DEFAULT_LEVEL,
}: RunnerOptions): readonly LogSink[] {
  const sinks: LogSink[] = [];
  if (onLog !== undefined)
    sinks.push({
      level: verbosity,
      write: (entry) => {
        tell(onLog, entry);
      },
    });
  if (logFile !== undefined) sinks.push(createLogFile(logFile, logLevel));
  return sinks;
}

/** What a callback throws must not pass for a failure of the run: it becomes an uncaught exception. */
export function tell<Event>(callback: ((event: Event) => void) | undefined, event: Event): void {
  try {
    callback?.(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
