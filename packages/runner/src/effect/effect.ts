import type { Bytes } from '@ploop/descriptor';

import type { ReportedFiles } from '../output/reported-files.ts';
import type { Look } from '../tool/files.ts';
import type { DiskView, Sight } from './disk-view.ts';

/** What is to be seen of a run, and where. */
export interface Effect {
  /** The descriptor that is looked at before the run and after it. Absent: the effect is in other files. */
  readonly descriptor?: string | undefined;
  /** Runs the tool to judge, which would wait for a lock of the disk. */
  readonly asksTool?: boolean;
  /** What the run shows now; asked again while it is `missing`, as other programs may be at the disk. */
  readonly judge: (seen: Seen) => Promise<Verdict> | Verdict;
}

/** Whether an effect is there. `out-of-sight`: nothing that can be read shows it. */
export type Verdict =
  | 'shown'
  | 'out-of-sight'
  | {
      readonly expected: string;
      /** What is there instead. */
      readonly found: string;
    };

/** What the tool says of a disk. */
interface DiskParameters {
  readonly size: Bytes;
  readonly version: number;
}

/** A run that exited with 0, and what is seen of its descriptor. */
export interface Seen {
  /** Looks at files where the tool runs. */
  readonly look: Look;
  /** Asks the tool for the parameters of a disk. */
  readonly info: (descriptor: string) => Promise<DiskParameters>;
  readonly before: Sight;
  readonly after: Sight;
  /** What the run said it did to files. */
  readonly reported: ReportedFiles;
  readonly stdout: string;
  /**
   * Whether the run wrote the descriptor, by what it said itself and what there is of it: then what is missing has been
   * changed by another program since.
   */
  readonly isWritten: () => Promise<boolean>;
}

/** A disk before a run and after it. */
export interface Change extends Seen {
  readonly before: DiskView;
  readonly after: DiskView;
}

/** Something that the descriptor of a disk shows that was there before. */
export function changes(
  descriptor: string,
  judge: (change: Change) => Promise<Verdict> | Verdict,
  { asksTool = false }: Pick<Effect, 'asksTool'> = {},
): Effect {
  return {
    descriptor,
    asksTool,
    judge: (seen) => {
      const { before, after } = seen;
      // A disk that was not to be seen before is one of another machine or another owner.
      if (typeof before === 'string' || after === 'unreadable') return 'out-of-sight';
      if (after === 'missing') return { expected: 'a disk', found: 'its descriptor is missing' };
      if (after === 'invalid') return { expected: 'a disk', found: 'its descriptor is invalid' };
      return judge({ ...seen, before, after });
    },
  };
}

/** What no descriptor shows: the images have it. */
export function outOfSight(): Effect {
  return { judge: () => 'out-of-sight' };
}
