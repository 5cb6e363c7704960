import { buildGraph } from '@ploop/descriptor';

import { ExitCode } from '../../errors/exit-codes.ts';
import { openDisk, type SimulatedDisk } from '../simulated-disk.ts';
import type { Call, SimulatedCommand } from '../simulation.ts';
import { ToolExit } from '../tool-exit.ts';
import { UsageError } from '../usage-error.ts';
import { operandOf } from './operand.ts';

interface Row {
  readonly uuid: string;
  readonly parent_uuid: string;
  readonly current: string;
  readonly fname: string;
}

type Column = keyof Row;

const WIDTHS: Readonly<Record<Column, number>> = {
  uuid: 38,
  parent_uuid: 38,
  current: 1,
  fname: 32,
};
const HEADINGS: Readonly<Record<Column, string>> = {
  uuid: 'UUID',
  parent_uuid: 'PARENT_UUID',
  current: 'C',
  fname: 'FNAME',
};

/** `ploop snapshot-list`: the shots in the order of the file. */
export const snapshotList: SimulatedCommand = {
  shape: 'o:u:sHa',
  names: { 'no-header': 'H', output: 'o', uuid: 'u', snapshot: 's' },
  usage: '[-a] [-H] [-o FIELD,...] [-s] [-u UUID] DiskDescriptor.xml',
  run: async (call) => {
    const disk = await openDisk(operandOf(call), call).catch((error: unknown) => {
      throw error instanceof ToolExit ? new ToolExit(ExitCode.CREAT, error.message) : error;
    });
    const { options } = call.words;
    const columns = (options.get('o') ?? 'parent_uuid,current,uuid,fname').split(',').map(columnOf);
    const line = (row: Row): string =>
      `${columns.map((column) => row[column].padEnd(column === 'fname' ? 0 : WIDTHS[column])).join(' ')}\n`;
    if (!options.has('H'))
      call.log.answer(
        `${columns.map((column) => HEADINGS[column].padEnd(WIDTHS[column])).join(' ')} \n`,
      );
    for (const row of rowsOf(disk, call)) call.log.answer(line(row));
  },
};

function columnOf(text: string): Column {
  const known = Object.keys(WIDTHS).find((name) => name === text);
  if (known === undefined) throw new UsageError(`Unknown field: ${text}`);
  return known as Column;
}

function rowsOf({ descriptor, path }: SimulatedDisk, { words }: Call): readonly Row[] {
  const graph = buildGraph(descriptor);
  const only = words.options.get('u');
  const chain = only === undefined ? undefined : new Set(graph.chain(only).map(({ guid }) => guid));
  const { topGuid, shots, images } = descriptor;
  const below = shots.find(({ guid }) => guid === topGuid)?.parentGuid;
  const isShort = words.options.has('s');
  return shots
    .filter(({ guid }) => chain?.has(guid) ?? true)
    .filter(({ guid }) => !isShort || guid !== topGuid)
    .map(({ guid, parentGuid }) => {
      const file = images.find((image) => image.guid === guid)?.file;
      return {
        uuid: guid,
        parent_uuid: parentGuid,
        current: guid === (isShort ? below : topGuid) ? '*' : ' ',
        fname: file === undefined ? '' : path(file),
      };
    });
}
