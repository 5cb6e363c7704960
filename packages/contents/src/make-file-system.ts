import { requireCall, type Rules } from '@ploop/descriptor/arguments';
import { runAsync } from '@ploop/descriptor/internal';

import { FILE_SYSTEM } from './arguments.ts';
import type { FileSystem, FollowOptions, Path } from './file-system.ts';
import { failure, type Findings } from './findings/findings.ts';
import { nameOfBytes } from './names/name.ts';
import { openNode } from './tree/open-file.ts';
import { pathOf, pathsIn } from './tree/paths.ts';
import type { FileStat, FileType } from './tree/stat.ts';
import type { Tree } from './tree/tree.ts';
import { listNode, walkNode } from './tree/walk.ts';
import { joinedRanges } from './tree/free.ts';

/** A file system over a tree. */
export function makeFileSystem<Node extends { readonly stat: FileStat }>(
  tree: Tree<Node>,
  findings: Findings,
): FileSystem {
  const paths = pathsIn(tree);
  const walker = { tree, paths, findings };

  const resolved = async (rules: Rules, path: Path, follow: boolean): Promise<Node> => {
    requireCall(rules, [path]);
    return runAsync(paths.resolve(pathOf(path), follow));
  };
  const chosen = async (rules: Rules, path: Path, options: FollowOptions): Promise<Node> => {
    requireCall(rules, [path, options]);
    return runAsync(paths.resolve(pathOf(path), options.follow ?? false));
  };
  const ofType = async (
    [rules, path]: readonly [Rules, Path],
    needed: FileType,
    follow: boolean,
  ): Promise<Node> => {
    const node = await resolved(rules, path, follow);
    const { type } = node.stat;
    if (type !== needed) throw failure('PATH_WRONG_TYPE', { path: pathOf(path), type, needed });
    return node;
  };

  return {
    type: tree.facts.type,
    describe: () => tree.facts,
    diagnostics: findings.all,
    stat: async (path, options = {}) => {
      const node = await chosen(FILE_SYSTEM.stat, path, options);
      return node.stat;
    },
    list: (path) => listNode(walker, () => ofType([FILE_SYSTEM.list, path], 'directory', true)),
    walk: (path) =>
      walkNode(
        walker,
        () => resolved(FILE_SYSTEM.walk, path, true),
        () => pathOf(path),
      ),
    readLink: async (path) => {
      const node = await ofType([FILE_SYSTEM.readLink, path], 'symlink', false);
      tree.requireReadable(node);
      return nameOfBytes(await runAsync(tree.target(node)));
    },
    open: async (path) => {
      const node = await ofType([FILE_SYSTEM.open, path], 'file', true);
      tree.requireReadable(node);
      return openNode(tree, node);
    },
    xattrs: async (path, options = {}) => {
      const node = await chosen(FILE_SYSTEM.xattrs, path, options);
      return runAsync(tree.xattrs(node));
    },
    free: () => joinedRanges(tree.free()),
  };
}
