import {
  aFunction,
  anObject,
  aNumber,
  aPath,
  aSignal,
  aString,
  either,
  isRecord,
  needed,
  oneOf,
  options,
  type Rule,
  type Rules,
} from '@ploop/descriptor/arguments';

const someStrings: Rule = {
  expected: 'a list of texts',
  fits: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};
const aVersion: Rule = {
  expected: "the number of a release, such as '7.0.280'",
  fits: (value) => typeof value === 'string' && /^\d+(?:\.\d+){0,2}$/.test(value),
};
const aRelease = options({ from: needed(aVersion), to: aVersion });
const someReleases: Rule = {
  expected: 'a list of releases',
  fits: (value) =>
    Array.isArray(value) && value.every((one) => anObject({ since: aVersion }).fits(one)),
};
const anEnvironment: Rule = {
  expected: 'an object of texts',
  fits: (value) =>
    isRecord(value) &&
    Object.values(value).every((one) => one === undefined || typeof one === 'string'),
};
const aCommand = anObject({ name: aString, argv: aFunction, parse: aFunction });
const isFalse: Rule = { expected: 'false', fits: (value) => value === false };
const anything: Rule = { expected: 'anything', fits: () => true };
/** Whatever the command takes. */
const anInput = anything;

const RETRY = options({
  deadlineMs: needed(aNumber),
  firstDelayMs: aNumber,
  longestDelayMs: aNumber,
});
const RUN = options({ signal: aSignal, timeoutMs: aNumber, killAfterMs: aNumber });
const ran: Rules = { command: needed(aCommand), input: anInput, options: RUN };
const printed: Rules = { outcome: needed(options({ stdout: needed(aString) })) };

/** The arguments of each function of this package, by its name and in their order. */
export const FUNCTIONS = {
  availability: { release: aRelease, releases: needed(someReleases) },
  commandLine: {
    command: needed(aCommand),
    input: anInput,
    context: needed(options({ release: aRelease })),
    verbosity: aNumber,
  },
  compareVersions: { one: needed(aVersion), other: needed(aVersion) },
  createRunner: {
    options: options({
      binary: aPath,
      env: anEnvironment,
      exec: aFunction,
      release: aRelease,
      onRun: aFunction,
      onLog: aFunction,
      verbosity: aNumber,
      logFile: aPath,
      logLevel: aNumber,
      signal: aSignal,
      timeoutMs: aNumber,
      lockRetry: RETRY,
      concurrency: aNumber,
    }),
  },
  devicesLeft: printed,
  reportedFiles: printed,
  isExit: { error: anything, exitCode: needed(aNumber) },
  quoteCommand: { argv: needed(someStrings) },
  quoteWord: { word: needed(aString) },
  releaseNeeds: { command: needed(aCommand), input: anInput },
  requireFileLock: { release: aRelease },
  settledLook: {
    options: needed(
      options({
        look: needed(aFunction),
        isSame: needed(aFunction),
        hold: aFunction,
        isFinal: aFunction,
      }),
    ),
  },
  sshExec: {
    options: needed(
      options({
        host: needed(aString),
        args: someStrings,
        ssh: aPath,
        controlPath: either(aPath, isFalse),
      }),
    ),
  },
  sudoExec: { options: options({ exec: aFunction }) },
} as const satisfies Readonly<Record<string, Rules>>;

/** The arguments of the methods of a runner but those of its commands, by their names and in their order. */
export const METHODS = {
  complete: ran,
  exclusive: {
    key: needed(aPath),
    work: needed(aFunction),
    signal: aSignal,
    among: oneOf(['processes', 'calls']),
  },
  locked: {
    descriptor: needed(aString),
    work: needed(aFunction),
    options: options({ signal: aSignal, timeoutMs: aNumber }),
  },
  preflight: { command: needed(aCommand), input: anInput },
  run: ran,
} as const satisfies Readonly<Record<string, Rules>>;
