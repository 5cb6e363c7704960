import { styleText } from 'node:util';

import { buildGraph, renderTextTree, type Disk } from 'ploop';

/** Where the demo prints a line. */
export type Print = (line: string) => void;

/** Prints the state of a disk after a step, all of it read without starting a process. */
export async function printState(
  disk: Disk,
  heading: { readonly number: number; readonly title: string },
  verdict: string,
  print: Print,
): Promise<void> {
  print('');
  print(styleText('bold', `${String(heading.number)}. ${heading.title}`));
  for (const line of renderTextTree(buildGraph(await disk.descriptor()))) print(`   ${line}`);
  const topDelta = (await disk.topDelta()).replace(/^.*\//, '');
  print(`   writes go to ${topDelta}  ${verdict}`);
}
