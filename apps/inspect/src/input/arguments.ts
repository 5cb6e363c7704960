/** What Node puts in the place of bytes of an argument that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/**
 * The first argument that was not UTF-8, so that it may name another file than the one that was meant.
 *
 * @param commandLine - The arguments of the process as bytes, each ended by NUL. Without them, an argument that really
 * has the replacement character counts as well.
 */
export function notUtf8(
  argv: readonly string[],
  commandLine: Uint8Array | undefined,
): string | undefined {
  const words = commandLine === undefined ? [] : wordsOf(commandLine).slice(-argv.length);
  return argv.find((word, index) => word.includes(REPLACEMENT) && words[index] !== word);
}

/** Each argument; `undefined` for one that is not UTF-8. */
function wordsOf(commandLine: Uint8Array): readonly (string | undefined)[] {
  const words: (string | undefined)[] = [];
  for (let start = 0; start < commandLine.length;) {
    const next = commandLine.indexOf(0, start);
    const end = next === -1 ? commandLine.length : next;
    words.push(decoded(commandLine.subarray(start, end)));
    start = end + 1;
  }
  return words;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
