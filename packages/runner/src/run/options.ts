import { RefusedError } from '../errors/errors.ts';
import type { LockRetry } from '../lock/lock-retry.ts';
import type { LogLevel } from '../log/log.ts';

interface Numbers {
  readonly timeoutMs?: number | undefined;
  readonly killAfterMs?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly lockRetry?: LockRetry | undefined;
  readonly verbosity?: LogLevel | undefined;
  readonly logLevel?: LogLevel | undefined;
}

interface Rule {
  readonly name: string;
  readonly of: (numbers: Numbers) => number | undefined;
  readonly holds: (value: number) => boolean;
}

const isPositive = (value: number): boolean => value > 0;
const isLevel = (value: number): boolean => Number.isInteger(value) && value >= -2 && value <= 5;

const rules: readonly Rule[] = [
  { name: 'timeoutMs', of: ({ timeoutMs }) => timeoutMs, holds: isPositive },
  { name: 'killAfterMs', of: ({ killAfterMs }) => killAfterMs, holds: isPositive },
  {
    name: 'concurrency',
    of: ({ concurrency }) => concurrency,
    holds: (value) => value === Infinity || (Number.isInteger(value) && value > 0),
  },
  {
    name: 'lockRetry.deadlineMs',
    of: ({ lockRetry }) => lockRetry?.deadlineMs,
    holds: isPositive,
  },
  {
    name: 'lockRetry.firstDelayMs',
    of: ({ lockRetry }) => lockRetry?.firstDelayMs,
    holds: isPositive,
  },
  {
    name: 'lockRetry.longestDelayMs',
    of: ({ lockRetry }) => lockRetry?.longestDelayMs,
    holds: isPositive,
  },
  { name: 'verbosity', of: ({ verbosity }) => verbosity, holds: isLevel },
  { name: 'logLevel', of: ({ logLevel }) => logLevel, holds: isLevel },
];

/**
 * Refuses numbers without a meaning.
 *
 * @throws RefusedError `OPTION_INVALID`
 */
export function checkNumbers(numbers: Numbers): void {
  for (const { name, of, holds } of rules) {
    const value = of(numbers);
    if (value !== undefined && !holds(value))
      throw new RefusedError('OPTION_INVALID', `${name} is ${String(value)}`);
  }
}
