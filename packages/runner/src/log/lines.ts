import { StringDecoder } from 'node:string_decoder';

/** The tool itself cuts what it says at 8 KiB; more than this comes in pieces. */
const LONGEST_LINE = 64 * 1024;

/** What moves a cursor, rings, or colours; of a line of text it makes something else. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

/** Cuts an output into lines, each without what could do anything to a terminal or to a log. Empty ones are left out. */
export function createLineSplitter(tell: (line: string) => void): {
  readonly push: (chunk: Uint8Array) => void;
  readonly end: () => void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const tellLine = (line: string): void => {
    if (line !== '') tell(line.replaceAll(CONTROL, escape));
  };
  const push = (text: string): void => {
    // mkfs and resize2fs redraw their progress.
    const lines = (rest + text).replaceAll('\b', '').split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    lines.forEach(tellLine);
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE))
      tellLine(rest.slice(0, LONGEST_LINE));
  };
  return {
    push: (chunk) => {
      push(decoder.write(chunk));
    },
    end: () => {
      push(`${decoder.end()}\n`);
    },
  };
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return character === '\t' ? '\t' : `\\u${code.toString(16).padStart(4, '0')}`;
}
