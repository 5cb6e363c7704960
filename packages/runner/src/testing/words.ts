import { UsageError } from './usage-error.ts';

/** A call of the tool, taken apart as getopt does. */
export interface Words {
  /** The verbosity, which a `-v` before the subcommand changes. */
  readonly verbosity: number;
  readonly subcommand: string;
  /** The values of options by their letters and names, `''` for those without; the last one counts. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

const VERBOSITY = 3;
const GROUPS: readonly string[] = ['balloon', 'cbt', 'volume'];

/** The words before the options: verbosity and subcommand. */
export function splitWords(argv: readonly string[]): {
  readonly verbosity: number;
  readonly subcommand: string;
  readonly rest: readonly string[];
} {
  const [first = ''] = argv;
  const level = /^-v(-?\d+)$/.exec(first)?.[1];
  const words = level === undefined ? argv : argv.slice(1);
  const verbosity = level === undefined ? VERBOSITY : Number(level);
  const length = GROUPS.includes(words[0] ?? '') ? 2 : 1;
  return {
    verbosity,
    subcommand: words.slice(0, length).join(' '),
    rest: words.slice(length),
  };
}

/**
 * Takes a call apart.
 *
 * @param shape - Letters of options as getopt takes them: a colon follows those with a value.
 * @param names - Long options, and the letter of each.
 */
export function parseWords(
  argv: readonly string[],
  shape: string,
  names: Readonly<Record<string, string>> = {},
): Words {
  const { verbosity, subcommand, rest } = splitWords(argv);
  const program = subcommand.split(' ').at(-1) ?? '';
  const options = new Map<string, string>();
  const operands: string[] = [];
  const waiting = [...rest];
  const valueOf = (letter: string): string => {
    const value = waiting.shift();
    if (value !== undefined) return value;
    throw new UsageError(`${program}: option requires an argument -- '${letter}'`);
  };
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === '--') {
      for (const operand of waiting.splice(0)) operands.push(operand);
    } else if (word.startsWith('--')) {
      const letter = names[word.slice(2)];
      if (letter === undefined) throw new UsageError(`${program}: unrecognized option '${word}'`);
      options.set(letter, shape.includes(`${letter}:`) ? valueOf(letter) : '');
    } else if (word.startsWith('-') && word.length > 1) {
      readLetters(word.slice(1), { shape, program, options, valueOf });
    } else {
      operands.push(word);
    }
  }
  return { verbosity, subcommand, options, operands };
}

interface Reading {
  readonly shape: string;
  readonly program: string;
  readonly options: Map<string, string>;
  readonly valueOf: (letter: string) => string;
}

function readLetters(letters: string, { shape, program, options, valueOf }: Reading): void {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters.charAt(at);
    if (letter === ':' || !shape.includes(letter))
      throw new UsageError(`${program}: invalid option -- '${letter}'`);
    if (!shape.includes(`${letter}:`)) {
      options.set(letter, '');
      continue;
    }
    const attached = letters.slice(at + 1);
    options.set(letter, attached === '' ? valueOf(letter) : attached);
    return;
  }
}
