import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { readEvents } from './read-events.ts';

/** What `config.pvs` says of a virtual machine. */
export interface MachineConfig {
  /** Name of the machine; absent if it has no name. */
  readonly name?: string | undefined;
  /** Disks as written, relative to the bundle or absolute, in the order of the document. */
  readonly disks: readonly string[];
  readonly fault?: Diagnostic | undefined;
}

const MOST_DISKS = 1000;

/** Reads the configuration of a virtual machine, in any encoding that a descriptor can have. */
export function parseMachineConfig(bytes: Uint8Array): MachineConfig {
  const names: string[] = [];
  const disks: string[] = [];
  let name: string | undefined;
  const fault = readEvents(bytes, {
    open: (element) => {
      names.push(element);
    },
    text: (text) => {
      const value = text.trim();
      if (value === '') return;
      const [element, parent] = [names.at(-1), names.at(-2)];
      if (element === 'VmName') name ??= value;
      else if (parent === 'Hdd' && element === 'SystemName' && disks.length < MOST_DISKS)
        disks.push(value);
    },
    close: () => {
      names.pop();
    },
  });
  return { ...(name !== undefined && { name }), disks, ...(fault !== undefined && { fault }) };
}
