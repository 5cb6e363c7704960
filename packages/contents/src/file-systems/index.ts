import type { Reader, Steps } from '@ploop/descriptor/internal';

import type { Findings } from '../findings/findings.ts';
import type { FileStat } from '../tree/stat.ts';
import type { Tree } from '../tree/tree.ts';
import { openExt } from './ext/open-ext.ts';
import { openXfs } from './xfs/open-xfs.ts';

/** Lets a reader do something with the tree that it found. */
type UseTree<Result> = <Node extends { readonly stat: FileStat }>(tree: Tree<Node>) => Result;

/** Opens one kind of file system; `undefined` if there is another one, or none. */
type Opener = <Result>(
  read: Reader,
  options: { readonly size: number; readonly replay: boolean },
  findings: Findings,
  use: UseTree<Result>,
) => Steps<Result | undefined>;

/** The kinds that are read. */
export const fileSystems: readonly Opener[] = [
  function* (read, { size, replay }, findings, use) {
    const tree = yield* openExt(read, size, findings, replay);
    return tree === undefined ? undefined : use(tree);
  },
  function* (read, { size }, findings, use) {
    const tree = yield* openXfs(read, size, findings);
    return tree === undefined ? undefined : use(tree);
  },
];
