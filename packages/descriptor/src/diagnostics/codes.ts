import type { AccessData } from './catalog/access.ts';
import type { ChainData } from './catalog/chain.ts';
import type { ContentsData } from './catalog/contents.ts';
import type { CopyData } from './catalog/copy.ts';
import type { DirectoryData } from './catalog/directory.ts';
import type { DocumentData } from './catalog/document.ts';
import type { ElementData } from './catalog/element.ts';
import type { FileNameData } from './catalog/file-name.ts';
import type { GraphData } from './catalog/graph.ts';
import type { ImageData } from './catalog/image.ts';
import type { IdentifyData } from './catalog/identify.ts';
import type { FilesData } from './catalog/files.ts';
import type { StorageData } from './catalog/storage.ts';
import type { VolumeData } from './catalog/volume.ts';

/** What findings are about that name no other finding. */
interface OwnData
  extends
    AccessData,
    DocumentData,
    ElementData,
    StorageData,
    GraphData,
    FileNameData,
    DirectoryData,
    ImageData,
    ChainData,
    CopyData,
    IdentifyData,
    ContentsData,
    FilesData {}

/** Every code a finding can have: a closed set, stable across releases of this package. */
export type DiagnosticCode = keyof OwnData | keyof VolumeData;

/** What each finding is about. A code's data never changes its shape. */
export interface DiagnosticData extends OwnData, VolumeData<DiagnosticCode> {}
