import {
  guidKey,
  printable,
  type Diagnostic,
  type SnapshotGraph,
  type SnapshotNode,
} from '@ploop/descriptor';
import type { SavedSnapshot } from '@ploop/descriptor/containers';

import { comparedWith, type Container } from '../input/container.ts';

/** What the container says of a snapshot. */
export function savedOf(
  container: Container | undefined,
  { guid }: SnapshotNode,
): SavedSnapshot | undefined {
  return container?.snapshots.find((saved) => guidKey(saved.guid) === guidKey(guid));
}

/** Date and name of a snapshot, as far as there are any. */
export function savedDetails(
  container: Container | undefined,
): (node: SnapshotNode) => readonly string[] {
  const byGuid = new Map(container?.snapshots.map((saved) => [guidKey(saved.guid), saved]));
  return ({ guid }) => {
    const { date = '', name = '' } = byGuid.get(guidKey(guid)) ?? {};
    return [date, name].filter((text) => text !== '');
  };
}

/** What is wrong with the list; its snapshots are still shown. */
export function listFindings(container: Container | undefined): readonly Diagnostic[] {
  return container?.fault === undefined ? [] : [container.fault];
}

/** Names of the container for the facts. */
export function containerFacts(
  container: Container | undefined,
): readonly (readonly [string, string])[] {
  if (container === undefined) return [];
  const { name, hostname, template } = container;
  const facts = [
    ['name', name],
    ['hostname', hostname],
    ['template', template],
  ] as const;
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** How the list and the descriptor differ, for people. */
export function listNotes(
  container: Container | undefined,
  graph: SnapshotGraph,
): readonly string[] {
  if (container === undefined) return [];
  const { unlisted, withoutShot } = comparedWith(container, graph);
  const list = printable(container.list);
  const notes = [
    ...unlisted.map(({ guid }) => `${guid} is not in ${list}: vzctl and prlctl do not list it`),
    ...withoutShot.map(
      ({ guid, name }) =>
        `${guid} ${printable(JSON.stringify(name))} is in ${list} alone: the disk has no such snapshot`,
    ),
  ];
  return notes.length === 0 ? [] : ['', ...notes];
}

/** The members that JSON has of a snapshot that the container lists. */
export function savedJson(container: Container | undefined, node: SnapshotNode): object {
  const saved = savedOf(container, node);
  if (saved === undefined || container === undefined) return {};
  const { name, date, description } = saved;
  return { name, date, description, hasDump: container.dumps.has(guidKey(node.guid)) };
}

/** What JSON has of the container. */
export function containerJson(container: Container | undefined, graph: SnapshotGraph): object {
  if (container === undefined) return {};
  const { list, name, hostname, template, snapshots } = container;
  const { unlisted, withoutShot } = comparedWith(container, graph);
  return {
    container: {
      ...{ list, name, hostname, template, snapshots },
      unlisted: unlisted.map(({ guid }) => guid),
      withoutShot: withoutShot.map(({ guid }) => guid),
    },
  };
}
