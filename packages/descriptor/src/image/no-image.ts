import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { RawDescription } from './describe.ts';
import { HEADER_BYTES } from './header.ts';
import { BAT_START } from './layout.ts';

/** Why a file is not an image although there should be one. `diskBytes`: the size of the disk, if it is known. */
export function noImage(
  file: string,
  { fileBytes, zeroed }: RawDescription,
  diskBytes?: number,
): Diagnostic {
  if (fileBytes < BAT_START) return diagnostic('HEADER_TOO_SHORT', { file, bytes: fileBytes });
  if (zeroed === true) return diagnostic('HEADER_ZEROED', { file, bytes: HEADER_BYTES });
  const value = 'that of no known format';
  return diagnostic('HEADER_INVALID', {
    file,
    field: 'signature',
    value: fileBytes === diskBytes ? `${value}, and the file is as long as a bare disk is` : value,
  });
}
