/** One text for one file, whatever its names. */
export function inodeKey({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${String(dev)}:${String(ino)}`;
}
