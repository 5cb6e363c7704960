import { performance } from 'node:perf_hooks';

import type { OutputStream } from '../exec/exec.ts';
import { createLineSplitter } from './lines.ts';
import { levelOf } from './log-levels.ts';
import { quoteCommand } from './quote.ts';

/**
 * How much is logged, as the tool's `-vN` counts: -2 nothing, -1 errors, 0 what is done, 1 and 3 ever smaller steps, 4 the
 * same with the time since the start of the run before each line, 5 also each command before it is run.
 */
export type LogLevel = -2 | -1 | 0 | 1 | 2 | 3 | 4 | 5;

/** One line of what the tool says, or the command it is run with. */
export interface LogEntry {
  readonly time: Date;
  /** The lowest level that logs it. */
  readonly level: -1 | 0 | 1 | 3 | 5;
  readonly source: 'command' | OutputStream;
  /** One line; a command can be pasted into a shell, and has more lines where an argument has. */
  readonly text: string;
  /** Counts the runs of a runner, from 1. */
  readonly run: number;
}

/** Where lines go, and up to which level. */
export interface LogSink {
  readonly level: LogLevel;
  readonly write: (entry: LogEntry) => void;
}

/** The log of one run. */
export interface RunLog {
  readonly onOutput: (stream: OutputStream, chunk: Uint8Array) => void;
  /** Logs the last lines, which may have no line break. */
  readonly end: () => void;
}

/** The level up to which the tool must be asked to talk. From 4 on it would only stamp its lines itself. */
export function toolLevel(sinks: readonly LogSink[]): number {
  return Math.min(
    3,
    sinks.reduce((most, { level }) => Math.max(most, level), -1),
  );
}

/**
 * Logs the command of a run, and returns what logs its output. With `isData` the output is not a log: only errors are reported.
 */
export function logRun(
  sinks: readonly LogSink[],
  { argv, run, isData }: { argv: readonly string[]; run: number; isData: boolean },
): RunLog {
  const started = performance.now();
  const tell = (level: LogEntry['level'], source: LogEntry['source'], text: string): void => {
    const entry: LogEntry = { time: new Date(), level, source, text, run };
    for (const sink of sinks)
      if (level <= sink.level) sink.write(sink.level < 4 ? entry : { ...entry, text: stamp(text) });
  };
  const stamp = (text: string): string => {
    const seconds = ((performance.now() - started) / 1000).toFixed(6);
    return `[${seconds.padStart(9)}] ${text}`;
  };
  tell(5, 'command', quoteCommand(argv));
  const stdout = createLineSplitter((line) => {
    if (!isData) tell(levelOf(line), 'stdout', line);
  });
  const stderr = createLineSplitter((line) => {
    tell(-1, 'stderr', line);
  });
  return {
    onOutput: (stream, chunk) => {
      (stream === 'stdout' ? stdout : stderr).push(chunk);
    },
    end: () => {
      stdout.end();
      stderr.end();
    },
  };
}
