import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import {
  createRunner,
  DescriptorError,
  ExitError,
  openDisk,
  type DiagnosticCode,
  type MutationPlan,
} from '../../src/index.ts';
import { ASKED } from '../asked.ts';
import type { Said } from '../tool.ts';
import { changed, contents } from './model.ts';
import type { Operation } from './operations.ts';
import { OWN_GUID, type Rival } from './rival.ts';

/** The descriptor is written, and a file that was to go could not be removed. */
const UNLINK = 35;

/** What the tool does to a disk, and what a plan of the mutation says of it. */
export interface Verdict {
  /** `refused`: the tool fails and nothing has changed. `damaged`: a state that was to stay is another one. */
  readonly tool: 'kept' | 'refused' | 'damaged';
  /** What has changed. */
  readonly changes: readonly string[];
  /** Why the plan is refused; `undefined` if it is not. */
  readonly refused: readonly DiagnosticCode[] | undefined;
}

/** Lets the tool do an operation to a copy of a disk, and plans it for the disk. */
export async function judge(
  disk: string,
  { argv, plan, successor, grows }: Operation,
  tool: (...argv: readonly string[]) => Said,
  env: Readonly<Record<string, string>>,
  rival?: Rival,
): Promise<Verdict> {
  const copy = `${disk}-copy`;
  cpSync(disk, copy, { recursive: true });
  try {
    const before = contents(disk);
    const { status } = tool('-v-1', ...argv(join(copy, 'DiskDescriptor.xml')));
    const isWritten = status === 0 || status === UNLINK;
    const kept = isWritten ? successor : (guid: string): string => guid;
    const changes = [
      ...changed(before, contents(copy), kept, grows === true),
      ...(rival === undefined || rival.own === 'missing' ? [] : rivalChanges(disk, copy, rival)),
    ];
    const planned = plan(await openDisk(disk, { runner: createRunner({ env, ...ASKED }) }));
    return {
      tool: changes.length > 0 ? 'damaged' : status === 0 ? 'kept' : 'refused',
      changes,
      refused: await planned.then(refusalOf, (error: unknown) => {
        // An image that cannot be read stops a mutation as well.
        if (error instanceof DescriptorError) return error.diagnostics.map(({ code }) => code);
        // The plan asks the tool, which cannot read the image either.
        if (error instanceof ExitError) return [];
        throw error;
      }),
    };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What has become of the states that another descriptor has for itself: all of them if its top is one. */
function rivalChanges(disk: string, copy: string, { name, isTop }: Rival): readonly string[] {
  const [before, after] = [contents(disk, name), contents(copy, name)];
  const own = (guid: string): string | undefined => (isTop || guid === OWN_GUID ? guid : undefined);
  return changed(before, after, own, false).map((change) => `${name}: ${change}`);
}

function refusalOf({ outcome, refusals }: MutationPlan): readonly DiagnosticCode[] | undefined {
  if (outcome !== 'refused') return undefined;
  return refusals.flatMap((refusal) =>
    'diagnostics' in refusal ? refusal.diagnostics.map(({ code }) => code) : [],
  );
}
