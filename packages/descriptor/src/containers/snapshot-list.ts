import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { guidKey, parseGuid, parseGuidArgument, type Guid } from '../guid.ts';
import { readEvents } from './read-events.ts';

/** A snapshot in the list of a container or virtual machine. */
export interface SavedSnapshot {
  readonly guid: Guid;
  /** GUID of the snapshot that it was taken on; absent for one that is taken on none. */
  readonly parentGuid?: Guid | undefined;
  /** Empty if it has none. */
  readonly name: string;
  /** As written, local time without a zone: `2026-12-01 12:16:00`. Empty if the list has no date. */
  readonly date: string;
  readonly description: string;
  /** Whether the running state descends from it. */
  readonly current: boolean;
  /** State of the machine, such as `poweroff`; absent in lists of containers. */
  readonly state?: string | undefined;
}

/** What `Snapshots.xml` says. */
export interface SnapshotList {
  /** Parents before their children, each GUID once. */
  readonly snapshots: readonly SavedSnapshot[];
  /** What is wrong with the document; the snapshots are those that could still be read. */
  readonly fault?: Diagnostic | undefined;
}

type Field = 'name' | 'date' | 'description';

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['Name', 'name'],
  ['DateTime', 'date'],
  ['Description', 'description'],
]);

/** A longer text is cut. */
const LONGEST_TEXT = 65_536;

interface Draft {
  readonly guid: Guid | undefined;
  readonly parentGuid: Guid | undefined;
  readonly current: boolean;
  readonly state: string | undefined;
  name: string | undefined;
  date: string | undefined;
  description: string | undefined;
}

/**
 * Reads `Snapshots.xml` of a container or virtual machine. Items whose GUID is missing, malformed or repeated are left
 * out, and so is the unnamed root; what is below them is read. Time grows with the length of the document.
 *
 * @param bytes - The document, in any encoding that a descriptor can have.
 */
export function parseSnapshotList(bytes: Uint8Array): SnapshotList {
  const drafts: Draft[] = [];
  const seen = new Set<string>();
  const items: (Draft | undefined)[] = [];
  const names: string[] = [];
  let field: Field | undefined;

  const fault = readEvents(bytes, {
    open: (name, attributes) => {
      names.push(name);
      field = undefined;
      if (name === 'SavedStateItem') {
        const draft = draftOf(attributes, items.findLast((item) => item?.guid !== undefined)?.guid);
        items.push(draft);
        if (draft.guid === undefined || seen.has(guidKey(draft.guid))) return;
        seen.add(guidKey(draft.guid));
        drafts.push(draft);
      } else if (names.at(-2) === 'SavedStateItem') field = FIELDS.get(name);
    },
    text: (text) => {
      const item = items.at(-1);
      if (field === undefined || item === undefined) return;
      // The first text or CDATA section counts.
      if (item[field] !== undefined || text.trim() === '') return;
      item[field] = text.slice(0, LONGEST_TEXT);
    },
    close: (name) => {
      names.pop();
      field = undefined;
      if (name === 'SavedStateItem') items.pop();
    },
  });
  const snapshots = drafts.flatMap(finished);
  return fault === undefined ? { snapshots } : { snapshots, fault };
}

function draftOf(attributes: ReadonlyMap<string, string>, parentGuid: Guid | undefined): Draft {
  const guid = attributes.get('guid');
  return {
    guid: guid === undefined ? undefined : (parseGuid(guid) ?? parseGuidArgument(guid)),
    parentGuid,
    current: attributes.get('current')?.toLowerCase() === 'yes',
    state: attributes.get('state'),
    ...{ name: undefined, date: undefined, description: undefined },
  };
}

function finished(draft: Draft): readonly SavedSnapshot[] {
  const { guid, parentGuid, current, state, name = '', date = '', description = '' } = draft;
  if (guid === undefined) return [];
  return [
    {
      guid,
      ...(parentGuid !== undefined && { parentGuid }),
      ...{ name: name.trim(), date: date.trim(), description, current },
      ...(state !== undefined && { state }),
    },
  ];
}
