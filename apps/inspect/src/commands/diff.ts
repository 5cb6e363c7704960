import { diffSnapshots, openSnapshot } from '@ploop/offline';
import prettyBytes from 'pretty-bytes';

import type { InspectCommand } from '../command.ts';
import {
  confineOf,
  confineOption,
  noConfineOption,
  type ConfineRequest,
} from '../input/confine.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { SNAPSHOT_NAME, snapshotNamed } from '../input/snapshot.ts';
import { counted } from '../output/counted.ts';
import { reported, type Answer } from '../output/answer.ts';
import { distinct } from '../output/findings.ts';
import { moreText } from '../output/more.ts';
import { toTable } from '../output/table.ts';

interface DiffRequest extends ConfineRequest {
  readonly older: string;
  readonly newer: string;
}

interface Range {
  readonly start: number;
  readonly length: number;
  readonly data: boolean;
}

const MOST_RANGES = 100_000;
const MOST_SHOWN = 40;

/** `ploop-inspect diff`: where two snapshots can differ. */
export const diff: InspectCommand = {
  examples: [
    ['diff root.hdd 11111111 22222222', 'what changed from one snapshot to another'],
    ['diff --json root.hdd 22222222 top', 'what was written since a snapshot, for a program'],
  ],
  seeAlso: ['map', 'space'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .argument('<older>', SNAPSHOT_NAME)
      .argument('<newer>', 'another one')
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, older, newer, options) => {
        const request = { older, newer, ...confineOf(options) };
        return run(() => reported(path, options, () => changes(path, request)));
      }),
};

async function changes(path: string, request: DiffRequest): Promise<Answer> {
  const { confine } = request;
  const open = async (name: string) =>
    openSnapshot(path, await snapshotNamed(path, name, { confine }), { ciphertext: true, confine });
  const older = await open(request.older);
  try {
    const newer = await open(request.newer);
    try {
      const ranges: Range[] = [];
      let [bytes, count] = [0, 0];
      for await (const range of diffSnapshots(older, newer)) {
        bytes += range.length;
        count += 1;
        if (ranges.length < MOST_RANGES) ranges.push(range);
      }
      const ends = { older: older.guid, newer: newer.guid };
      return {
        findings: distinct([...older.diagnostics, ...newer.diagnostics]),
        text: textOf(ranges, bytes, count),
        json: {
          ...{ path: older.path, accepted: older.accepted, ...ends, bytes, ranges },
          ...(count > ranges.length && { truncated: true }),
        },
      };
    } finally {
      await newer.close();
    }
  } finally {
    await older.close();
  }
}

function textOf(ranges: readonly Range[], bytes: number, count: number): readonly string[] {
  if (count === 0) return ['The snapshots do not differ.'];
  const shown = ranges.slice(0, MOST_SHOWN);
  return [
    `${prettyBytes(bytes, { binary: true })} in ${counted(count, 'range')} can differ:`,
    ...toTable([
      ['START', 'LENGTH', ''],
      ...shown.map(({ start, length, data }) => [
        String(start),
        String(length),
        data ? 'data' : 'zeros now',
      ]),
    ]),
    ...(count > shown.length ? [moreText(count - shown.length, count > ranges.length)] : []),
  ];
}
