const NAMESPACE = '@_xmlns:';

/** The prefixes that an element declares, and where to look for the others. */
export interface Prefixes {
  readonly own: ReadonlySet<string>;
  readonly outer?: Prefixes;
}

/** What is declared without any declaration. */
export const NO_PREFIXES: Prefixes = { own: new Set(['xml']) };

/** The prefixes in force within an element with these attributes, as the tree reader names them. */
export function declaredPrefixes(attributes: unknown, outer: Prefixes): Prefixes {
  if (attributes === undefined) return outer;
  const declared = Object.entries(attributes as object).filter(
    ([name, uri]) => name.startsWith(NAMESPACE) && uri !== '',
  );
  if (declared.length === 0) return outer;
  return { own: new Set(declared.map(([name]) => name.slice(NAMESPACE.length))), outer };
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
