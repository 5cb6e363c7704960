import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The texts of all recordings in a directory and in those below it. */
export function recordedTexts(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .map((name) => recordedText(join(directory, name)));
}

/** The text of a recording. */
export function recordedText(path: string): string {
  return gunzipSync(readFileSync(path)).toString();
}
