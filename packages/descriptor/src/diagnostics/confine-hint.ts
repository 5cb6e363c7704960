import { shellWord } from './shell-word.ts';

/**
 * How to allow what is outside: the option, with the directory that holds both. Without a directory if only the whole
 * machine holds both, which nobody is to allow unseen.
 */
export function confineHint(within: string, outside: string): string {
  const common = commonDirectory(stepsOf(within), stepsOf(outside));
  if (common === undefined)
    return 'pass a directory that holds both as `confine`, or as --confine of ploop-inspect';
  return `pass \`confine: ${JSON.stringify(common)}\`, or \`--confine ${shellWord(common)}\` to ploop-inspect: the directory that holds both`;
}

function commonDirectory(one: readonly string[], other: readonly string[]): string | undefined {
  const end = one.findIndex((step, index) => step !== other[index]);
  const common = end < 0 ? one : one.slice(0, end);
  return common.length === 0 ? undefined : `/${common.join('/')}`;
}

/** The names on the way to a path, as a kernel without symlinks goes. */
function stepsOf(path: string): readonly string[] {
  const steps: string[] = [];
  for (const step of path.split('/'))
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  return steps;
}
