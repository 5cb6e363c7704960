/** JSON that is safe on a terminal, too: the same value, its invisible characters escaped. */
export function toJson(value: object): string {
  return escaped(JSON.stringify(value, undefined, 2));
}

/** The same in one line. */
export function toJsonLine(value: object): string {
  return escaped(JSON.stringify(value));
}

function escaped(json: string): string {
  return json.replace(/[\x7f-\x9f\u2028\u2029]|\p{Cf}/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  );
}

function escapeUnit(text: string, index: number): string {
  return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

/** Lines as text. */
export function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
