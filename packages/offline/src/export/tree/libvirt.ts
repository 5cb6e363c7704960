import { join } from 'node:path';

import type { TreeState } from './tree-states.ts';

/** A state, and when its image was written to last: about when the next one was made. */
export interface DatedState {
  readonly state: TreeState;
  /** Seconds since 1970. */
  readonly seconds: number;
}

/** A document for `virsh snapshot-create --redefine`. */
export interface SnapshotDocument {
  /** Name of the file; the order of names is that in which libvirt takes them. */
  readonly file: string;
  readonly text: string;
}

/**
 * What libvirt has to know of the snapshots: those that another state was made from, which in its words are external
 * snapshots whose disk goes on in the file of that state. If there are several, it is the one that leads to the top.
 *
 * @param directory - Absolute path of the files.
 */
export function snapshotDocuments(
  dated: readonly DatedState[],
  directory: string,
): readonly SnapshotDocument[] {
  const active = new Set<TreeState>();
  for (let at = dated.find(({ state }) => state.top)?.state; at !== undefined; at = at.parent)
    active.add(at);
  const documents: SnapshotDocument[] = [];
  const width = String(dated.length).length;
  for (const { state, seconds } of dated) {
    const children = dated.flatMap((one) => (one.state.parent === state ? [one.state] : []));
    const next = children.find((child) => active.has(child)) ?? children[0];
    if (next === undefined) continue;
    const number = String(documents.length + 1).padStart(width, '0');
    documents.push({
      file: `${number}-${nameOf(state)}.xml`,
      text: documentOf(state, seconds, join(directory, next.file)),
    });
  }
  return documents;
}

function nameOf({ name }: TreeState): string {
  return name.replace(/^\{|\}$/g, '');
}

function documentOf(state: TreeState, seconds: number, source: string): string {
  const { parent } = state;
  const above =
    parent === undefined ? '' : `  <parent>\n    <name>${nameOf(parent)}</name>\n  </parent>\n`;
  return `<domainsnapshot>
  <name>${nameOf(state)}</name>
  <state>shutoff</state>
  <creationTime>${String(seconds)}</creationTime>
${above}  <memory snapshot='no'/>
  <disks>
    <disk name='vda' snapshot='external' type='file'>
      <driver type='qcow2'/>
      <source file='${escaped(source)}'/>
    </disk>
  </disks>
</domainsnapshot>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>'"\p{Cc}]/gu, (one) => `&#${String(one.codePointAt(0))};`);
}
