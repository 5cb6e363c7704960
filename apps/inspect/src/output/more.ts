/** The line after a list of which more is not shown. JSON has a limit as well, but a higher one. */
export function moreText(count: number, isCut: boolean): string {
  return `${String(count)} more; --json lists ${isCut ? 'some of them' : 'them'}`;
}
