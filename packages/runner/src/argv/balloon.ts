import { flag } from './options.ts';
import { targetArguments, targetKey } from './target.ts';

/** The mounted disk that a balloon is in, named in one way. */
export type BalloonTarget =
  { readonly descriptor: string } | { readonly device: string } | { readonly mountPoint: string };

/** Input of the commands that may look at a balloon while another one changes it. */
export type BalloonInput = BalloonTarget & {
  /** Does not wait for the balloon's lock, and does not take it. */
  readonly unlocked?: boolean | undefined;
};

/**
 * The arguments that name the disk of a balloon.
 *
 * @throws RefusedError `TARGET_AMBIGUOUS`, `PATH_INVALID`
 */
export function balloonTarget(target: BalloonTarget): readonly string[] {
  return targetArguments(target, ['descriptor', 'device', 'mountPoint']);
}

/** {@link balloonTarget} after the option that leaves the lock alone. */
export function balloonArguments(input: BalloonInput): readonly string[] {
  return [...flag('-f', input.unlocked), ...balloonTarget(input)];
}

/** What runs on the same balloon have in common. */
export const balloonKey: (target: BalloonTarget) => string | undefined = targetKey;

/** The match of the one line among log lines that says it; `undefined` if it does not exist, or more than one. */
export function onlyMatch(text: string, line: RegExp): RegExpExecArray | undefined {
  const found = text
    .split('\n')
    .map((row) => line.exec(row))
    .filter((match) => match !== null);
  return found.length === 1 ? found[0] : undefined;
}
