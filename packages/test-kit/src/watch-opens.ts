import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What was opened, and how to stop to watch that. */
export interface WatchedOpens {
  /** Real paths of the files and directories that were opened since it was last called. */
  readonly taken: () => readonly string[];
  readonly stop: () => void;
}

const WAYS = ['open', 'openSync', 'opendir', 'readdir', 'readdirSync', 'readFile', 'readFileSync'];
const PROMISED = ['open', 'opendir', 'readdir', 'readFile'];

/** Notes what modules that are loaded from now on open. */
export function watchOpens(): WatchedOpens {
  const opened: string[] = [];
  const undo: (() => void)[] = [];
  const note = (path: unknown): void => {
    if (typeof path !== 'string' && !Buffer.isBuffer(path)) return;
    try {
      opened.push(fs.realpathSync.native(path));
    } catch {
      // There is nothing to be opened.
    }
  };
  const wrap = (holder: object, name: string): void => {
    const original: unknown = Reflect.get(holder, name);
    if (typeof original !== 'function') throw new TypeError(`there is no ${name}`);
    const watched = function (this: unknown, ...given: unknown[]): unknown {
      note(given[0]);
      return Reflect.apply(original, this, given) as unknown;
    };
    // What promisify looks for.
    Reflect.set(
      holder,
      name,
      Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original)),
    );
    undo.push(() => Reflect.set(holder, name, original));
  };
  for (const name of WAYS) wrap(fs, name);
  for (const name of PROMISED) wrap(fs.promises, name);
  syncBuiltinESMExports();
  return {
    taken: () => opened.splice(0),
    stop: () => {
      for (const one of undo) one();
      syncBuiltinESMExports();
    },
  };
}
