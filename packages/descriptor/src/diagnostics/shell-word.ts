/**
 * A text as one word of a shell command that a hint names. Control characters, which findings print escaped, are
 * written as bash, zsh and ksh read them.
 */
export function shellWord(text: string): string {
  const path = text.startsWith('-') ? `./${text}` : text;
  if (/^[\w%+:./@{}-]+$/.test(path)) return path;
  if (!/\p{Cc}/u.test(path)) return `'${path.replaceAll("'", `'\\''`)}'`;
  return `$'${path.replace(/[\\']/g, '\\$&').replace(/\p{Cc}/gu, escaped)}'`;
}

function escaped(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('');
}

/**
 * A file as a word of a command of ploop-inspect, which takes no names that are not UTF-8.
 *
 * @param isEscaped - Whether `file` stands for such a name.
 */
export function fileWord(file: string, isEscaped: boolean | undefined): string {
  return isEscaped === true
    ? 'COPY (a copy of it in the same directory, with a name in UTF-8)'
    : shellWord(file);
}
