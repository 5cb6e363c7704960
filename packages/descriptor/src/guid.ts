declare const guidBrand: unique symbol;

/**
 * A GUID as a descriptor spells it: 38 characters, braces included, any case.
 * Compare with {@link sameGuid}: every release looks GUIDs up without regard to case.
 */
export type Guid = string & { readonly [guidBrand]: true };

const SYNTAX = /^\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}$/i;

const CAPITAL = /[A-Z]/;

/** The GUID that `text` spells, or `undefined`: the tool's own rule, nothing trimmed, braces required. */
export function parseGuid(text: string): Guid | undefined {
  return typeof text === 'string' && SYNTAX.test(text) ? (text as Guid) : undefined;
}

/** The GUID a person typed, or `undefined`: as the tool's `-u`, which adds missing braces. */
export function parseGuidArgument(text: string): Guid | undefined {
  return parseGuid(typeof text === 'string' && text.length === 36 ? `{${text}}` : text);
}

function known(text: string): Guid {
  const guid = parseGuid(text);
  if (guid === undefined) throw new TypeError(`not a GUID: ${text}`);
  return guid;
}

/** "No parent": the ParentGUID of a base. */
export const NIL_GUID: Guid = known('{00000000-0000-0000-0000-000000000000}');

/** The constant every release gives to the top delta. What a descriptor says is `descriptor.topGuid`. */
export const TOP_GUID: Guid = known('{5fbaabe3-6958-40ff-92a7-860e329aab41}');

/** One spelling for all spellings of a GUID, for use as a Map key. */
export function guidKey(guid: string): string {
  return CAPITAL.test(guid) ? guid.toLowerCase() : guid;
}

/** Whether two GUIDs are the same one: case is ignored, as the tool's look-ups do. */
export function sameGuid(one: string, other: string): boolean {
  return guidKey(one) === guidKey(other);
}
