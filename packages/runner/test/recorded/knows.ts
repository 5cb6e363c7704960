import type { Version } from '@ploop/descriptor/releases';

import { isSummary } from '../../src/release/marks.ts';
import { recordedExec } from './usages.ts';

/** Whether a release knows an option of a subcommand; `undefined` if that was not recorded. */
export async function knows(release: Version, name: string, option: string): Promise<boolean | undefined> {
  const question = [name, option].filter((word) => word !== '').join(' ').split(' ');
  try {
    const { stderr } = await recordedExec(release)({ file: 'ploop', argv: question, env: {} });
    // The usage of umount has the lines that the summary is known by.
    const isUnknown = name !== 'umount' && isSummary(stderr.text);
    return !isUnknown && !/(?:invalid|unrecognized) option/.test(stderr.text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a subcommand is one of its own in a release. The helper programs print one usage for all that they lack. */
export async function isThere(release: Version, subcommand: string): Promise<boolean> {
  const [helper = '', second] = subcommand.split(' ');
  if (!(await knows(release, subcommand, ''))) return false;
  if (second === undefined) return true;
  const usageOf = async (argv: readonly string[]): Promise<string> =>
    (await recordedExec(release)({ file: 'ploop', argv, env: {} })).stderr.text;
  return (await usageOf([helper])) !== (await usageOf([helper, second]));
}
