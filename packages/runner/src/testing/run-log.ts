/** What a run prints. */
export interface RunLog {
  /** A line of the log, on stdout. */
  readonly line: (text: string, level?: number) => void;
  /** What a query answers, on stdout whatever the verbosity. */
  readonly answer: (text: string) => void;
  /** A line on stderr. */
  readonly error: (text: string) => void;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Keeps the lines of a run that its verbosity lets through. */
export function createRunLog(verbosity: number): RunLog {
  const out: string[] = [];
  const errors: string[] = [];
  return {
    line: (text, level = 0) => {
      if (level <= verbosity) out.push(`${text}\n`);
    },
    answer: (text) => {
      out.push(text);
    },
    error: (text) => {
      errors.push(`${text}\n`);
    },
    stdout: () => out.join(''),
    stderr: () => errors.join(''),
  };
}
