import { oneLine } from './one-line.ts';

/** One of the tool's own error lines: `Error in do_lock (lock.c:132): The … is locked`. */
export interface ToolError {
  /** The function that failed. */
  readonly func: string;
  /** Its source file, and the line there: they differ between releases. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** At verbosity 4 and above a timestamp comes first. */
const LINE = /^(?:\[ *\d+\.\d+\] )?Error in (\w+) \(([\w.-]+):(\d+)\): (.*)$/;

/** The tool's error lines among what it printed on stderr. The first is usually the cause, later ones follow from it. */
export function parseToolErrors(stderr: string): readonly ToolError[] {
  return stderr.split('\n').flatMap((text) => {
    const [, func, file, line, message] = LINE.exec(text) ?? [];
    if (func === undefined || file === undefined || message === undefined) return [];
    return [{ func, file, line: Number(line), text: oneLine(message) }];
  });
}
