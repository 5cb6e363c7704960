const NAMESPACE = '@_xmlns:';

/** The prefixes that an element declares, and where to look for the others. */
export interface Prefixes {
  readonly own: ReadonlySet<string>;
  readonly outer?: Prefixes;
  /** By the name of the element as written: what the DTD declares for it. */
  readonly defaults: ReadonlyMap<string, readonly string[]>;
}

/** What is declared without any declaration, and what a DTD declares. */
export function outermostPrefixes(defaults: Prefixes['defaults'] = new Map()): Prefixes {
  return { own: new Set(['xml']), defaults };
}

/** The prefixes in force within an element with this name and these attributes, as the tree reader names them. */
export function declaredPrefixes(element: string, attributes: unknown, outer: Prefixes): Prefixes {
  const { defaults } = outer;
  const own = [...(defaults.get(element) ?? []), ...prefixesOf(attributes)];
  return own.length === 0 ? outer : { own: new Set(own), outer, defaults };
}

function prefixesOf(attributes: unknown): readonly string[] {
  if (attributes === undefined) return [];
  return Object.entries(attributes as object)
    .filter(([name, uri]) => name.startsWith(NAMESPACE) && uri !== '')
    .map(([name]) => name.slice(NAMESPACE.length));
}

/** libxml2 keeps an undeclared prefix as part of the name, and says so in a namespace error that is not fatal. */
export function localName(name: string, prefixes: Prefixes): string {
  if (!name.includes(':')) return name;
  const [prefix, local, ...rest] = name.split(':');
  const declared = local !== undefined && rest.length === 0 && isDeclared(prefix ?? '', prefixes);
  return declared ? local : name;
}

function isDeclared(prefix: string, prefixes: Prefixes): boolean {
  for (let scope: Prefixes | undefined = prefixes; scope !== undefined; scope = scope.outer)
    if (scope.own.has(prefix)) return true;
  return false;
}
