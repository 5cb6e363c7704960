/** Headers come in blocks of as many bytes, and so does content. */
export const BLOCK = 512;

const ENCODER = new TextEncoder();
const SPACES = '        ';

/** What the header of an entry states. What does not fit into it is in PAX records before. */
export interface Header {
  /** In ASCII, and cut off if it is too long. */
  readonly name: string;
  /** `0` a file, `1` a hard link, `2` a symlink, `3` and `4` devices, `5` a directory, `6` a FIFO, `x` PAX records. */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly major?: number;
  readonly minor?: number;
}

/** The block of a header in the format of POSIX (ustar). */
export function headerBlock(header: Header): Uint8Array {
  const { name, type, mode, uid, gid, size, modified, major = 0, minor = 0 } = header;
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => {
    block.set(ENCODER.encode(text), at);
  };
  put(0, name.slice(0, 100));
  put(100, octal(mode, 8));
  put(108, octal(uid, 8));
  put(116, octal(gid, 8));
  put(124, octal(size, 12));
  put(136, octal(modified, 12));
  put(148, SPACES);
  put(156, type);
  put(257, 'ustar\0' + '00');
  put(329, octal(major, 8));
  put(337, octal(minor, 8));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** Whether a number fits into a field of so many bytes. */
export function fits(value: number, width: number): boolean {
  return value >= 0 && Number.isInteger(value) && value.toString(8).length < width;
}

/** A number for a field, which is 0 if it does not fit. */
function octal(value: number, width: number): string {
  return (fits(value, width) ? value : 0).toString(8).padStart(width - 1, '0');
}

/** The zeros that fill the last block of content. */
export function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}
