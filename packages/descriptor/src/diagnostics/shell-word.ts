/** A text as one word of a shell command that a hint names. */
export function shellWord(text: string): string {
  const path = text.startsWith('-') ? `./${text}` : text;
  if (/^[\w%+:./@{}-]+$/.test(path)) return path;
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
