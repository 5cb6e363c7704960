// The licences of the code that a bundle holds and that is not ours.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'THIRD-PARTY-LICENSES.txt';
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/**
 * Writes the licences of all packages that are bundled into one file beside the bundle.
 *
 * @param others - Modules that files beside the bundle hold.
 */
export const licences = (others) => ({
  name: 'licences',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.entries(chunk.modules ?? {}));
    modules.push(...others);
    const directories = new Set(
      modules.flatMap(([id, { renderedLength }]) =>
        renderedLength > 0 ? (PACKAGE.exec(id) ?? []) : [],
      ),
    );
    if (directories.size === 0) return;
    const texts = [...directories].sort().map(licenceOf);
    this.emitFile({ type: 'asset', fileName: NAME, source: texts.join(`\n${'-'.repeat(72)}\n\n`) });
  },
});

/** Not every package brings the text of its licence; its manifest names the licence. */
function licenceOf(directory) {
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest)) throw new Error(`${directory} has no package.json`);
  const { name, version, license } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (license === undefined) throw new Error(`${name} names no licence`);
  const files = readdirSync(directory).filter((file) => /^licen[cs]e/i.test(file));
  const texts = files.map((file) => readFileSync(join(directory, file), 'utf8').trim());
  return [`${name} ${version} (${license})\n`, ...texts.map((text) => `${text}\n`)].join('\n');
}
