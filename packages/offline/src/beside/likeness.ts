/** Why a file may be the one that a descriptor names. */
export type Likeness =
  | 'same name'
  | 'same path as Windows writes it'
  | 'same name without the path of Windows'
  | 'same name in other letters'
  | 'same name in another Unicode form'
  | 'name cut off'
  | 'name with characters replaced'
  | 'name of a copy'
  | 'name of a packed copy'
  | 'name of an unfinished copy';

/** As little of a name as is still known again when the rest is cut off. */
const LEAST_KEPT = 8;

/**
 * How the name of a file is like the one that a descriptor gives; `undefined` if it is not. Programs that move disks cut
 * names off, change their letters or their Unicode form, replace characters and keep paths of Windows.
 *
 * @param wanted - As the descriptor writes it, with or without directories.
 * @param found - Name of a file, without its directory.
 */
export function likenessOf(wanted: string, found: string): Likeness | undefined {
  const name = wanted.split('/').at(-1) ?? '';
  const last = name.split('\\').at(-1) ?? '';
  if (found === name) return 'same name';
  if (found === last) return 'same name without the path of Windows';
  return likenessTo(name, found) ?? likenessTo(last, found);
}

/** {@link likenessOf} for a file in a directory below that of the descriptor. */
export function likenessOfPath(wanted: string, found: string): Likeness | undefined {
  if (wanted.includes('\\') && wanted.replaceAll('\\', '/') === found)
    return 'same path as Windows writes it';
  return likenessOf(wanted, found.slice(found.lastIndexOf('/') + 1));
}

function likenessTo(name: string, found: string): Likeness | undefined {
  if (isSame(name, found, (text) => text.normalize('NFC')))
    return 'same name in another Unicode form';
  if (isSame(name, found, (text) => text.normalize('NFC').toLowerCase()))
    return 'same name in other letters';
  if (isSame(name, found, plain) || decoded(found) === name) return 'name with characters replaced';
  if (isSame(name, found, withoutCopy)) return 'name of a copy';
  if (isPacked(name, found)) return 'name of a packed copy';
  if (isUnfinished(name, found)) return 'name of an unfinished copy';
  const isCut = found.length >= Math.max(LEAST_KEPT, name.length / 2) && name.startsWith(found);
  return isCut ? 'name cut off' : undefined;
}

function isSame(one: string, other: string, form: (text: string) => string): boolean {
  const formed = form(one);
  return formed !== '' && formed === form(other);
}

/** Whether a program for compressed files or archives made a name of another. */
function isPacked(name: string, found: string): boolean {
  return (
    name !== '' &&
    found.startsWith(name) &&
    /^(?:\.tar)?\.(?:gz|tgz|bz2|xz|zst|lz4|zip|7z|rar|tar)$/i.test(found.slice(name.length))
  );
}

/** Whether a name is that of a copy under way: by browsers and programs of FTP, or by rsync. */
function isUnfinished(name: string, found: string): boolean {
  if (name === '') return false;
  const rest = found.startsWith(name) ? found.slice(name.length) : '';
  if (/^\.(?:part|partial|filepart|crdownload|download)$/i.test(rest)) return true;
  return found.startsWith(`.${name}.`) && /^\w{6}$/.test(found.slice(name.length + 2));
}

/** What is left of a name on a file system that refuses most characters. */
function plain(name: string): string {
  const kept = name.normalize('NFC').replace(/[^A-Za-z0-9.-]/gu, '_');
  return /[A-Za-z0-9]/.test(kept) ? kept : '';
}

/** Without what file managers and browsers add to the name of a second copy. */
function withoutCopy(name: string): string {
  return name
    .replace(/^Copy of /i, '')
    .replace(/(?: copy(?: \d+)?| - Copy(?: \(\d+\))?| \(\d+\))(?=(?:\.\w+)?$)/i, '');
}

function decoded(name: string): string | undefined {
  try {
    return name.includes('%') ? decodeURIComponent(name) : undefined;
  } catch {
    return undefined;
  }
}
