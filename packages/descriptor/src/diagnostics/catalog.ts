import type { DiagnosticCode, DiagnosticData } from './codes.ts';
import type { Entry } from './entry.ts';
import { accessCodes } from './catalog/access.ts';
import { documentCodes } from './catalog/document.ts';
import { elementCodes } from './catalog/element.ts';
import { volumeCodes } from './catalog/volume.ts';
import { graphCodes } from './catalog/graph.ts';
import { fileNameCodes } from './catalog/file-name.ts';
import { directoryCodes } from './catalog/directory.ts';
import { imageCodes } from './catalog/image.ts';
import { chainCodes } from './catalog/chain.ts';
import { copyCodes } from './catalog/copy.ts';
import { storageCodes } from './catalog/storage.ts';
import { identifyCodes } from './catalog/identify.ts';
import { contentsCodes } from './catalog/contents.ts';
import { filesCodes } from './catalog/files.ts';

/** Every code: how bad it is, whether the tool refuses the descriptor for it, its words, and what to do. */
export const catalog: { readonly [Code in DiagnosticCode]: Entry<DiagnosticData[Code]> } = {
  ...accessCodes,
  ...documentCodes,
  ...elementCodes,
  ...storageCodes,
  ...volumeCodes,
  ...graphCodes,
  ...fileNameCodes,
  ...directoryCodes,
  ...imageCodes,
  ...chainCodes,
  ...copyCodes,
  ...identifyCodes,
  ...contentsCodes,
  ...filesCodes,
};
