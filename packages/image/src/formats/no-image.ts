import { diagnostic, type Diagnostic } from '@ploop/descriptor';

import { BAT_START } from './ploop/layout.ts';
import type { RawDescription } from './raw/raw-description.ts';

/** Why a file is not an image although there should be one. `diskBytes`: the size of the disk, if it is known. */
export function noImage(
  file: string,
  { fileBytes, zeros, content }: RawDescription,
  diskBytes?: number,
): Diagnostic {
  if (fileBytes < BAT_START) return diagnostic('HEADER_TOO_SHORT', { file, bytes: fileBytes });
  const length = fileBytes === diskBytes ? ({ bareLength: true } as const) : {};
  if (zeros !== undefined) return diagnostic('HEADER_ZEROED', { file, ...zeros, ...length });
  const value = content ?? 'unknown';
  return diagnostic('HEADER_INVALID', { file, field: 'signature', value, ...length });
}
