import { path } from '../argv/paths.ts';
import type { Command } from '../command.ts';
import { isRecord, trailingJson } from '../output/json.ts';

/** Input of `ploop volume tree`. */
export interface VolumeTreeInput {
  readonly volume: string;
}

/** A volume and those that hang on it. */
export interface VolumeNode {
  readonly path: string;
  readonly children: readonly VolumeNode[];
}

/** No chain of the tool is longer. */
const DEEPEST = 256;

/**
 * `ploop volume tree`: a volume and those that hang on it. Exit codes: 38 parameters, 39 descriptor.
 */
export const volumeTree: Command<VolumeTreeInput, VolumeNode> = {
  name: 'volume tree',
  verbosity: -1,
  mutates: false,
  disk: ({ volume }) => volume,
  argv: ({ volume }) => [path(volume)],
  parse: (stdout) => {
    const value = toNode(trailingJson(stdout), 0);
    return value === undefined ? { expected: 'a tree of volumes' } : { value };
  },
};

function toNode(told: unknown, depth: number): VolumeNode | undefined {
  if (!isRecord(told) || typeof told['path'] !== 'string' || depth > DEEPEST) return undefined;
  const listed = told['children'] ?? [];
  if (!Array.isArray(listed)) return undefined;
  const children = listed.map((child: unknown) => toNode(child, depth + 1));
  const known = children.filter((child) => child !== undefined);
  return known.length === children.length ? { path: told['path'], children: known } : undefined;
}
