/** Whether a command line asks for JSON, right or wrong as it may be otherwise. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.some(
    (word, index) =>
      word === '--json' ||
      word === '--format=json' ||
      (word === '--format' && options[index + 1] === 'json'),
  );
}
