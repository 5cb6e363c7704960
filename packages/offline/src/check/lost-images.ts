import { basename } from 'node:path';

import { diagnostic, type Diagnostic, type DiskDescriptor } from '@ploop/descriptor';
import type { Confinement } from '@ploop/descriptor/node';
import { type FileLook, isLoneImage } from '@ploop/descriptor/node/internal';

import type { Candidate } from '../beside/candidates.ts';
import type { LoadedDisk } from '../disk/load-disk.ts';
import { surveyDirectory, unusedFiles } from './check-directory.ts';
import { surveyImages } from './check-images.ts';

/** A longer list is not useful. */
const MOST_CANDIDATES = 5;

/** The same findings; those about shots whose Image is lost name the files of the directory that may be it. */
export async function withLostImages(
  findings: readonly Diagnostic[],
  disk: LoadedDisk,
  confinement: Confinement,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnostic[]> {
  const { descriptor } = disk;
  const lost = findings.filter((finding) => isLost(finding)).length;
  if (lost === 0 || descriptor === undefined || isLoneImage(disk)) return findings;
  const images = await surveyImages(disk, confinement, signal);
  const survey = await surveyDirectory(disk, images, confinement, signal);
  const left = unusedFiles(survey, images).filter(({ header, bytes }) => header && bytes > 0);
  return findings.map((finding) => {
    if (!isLost(finding)) return finding;
    const { code, data, path, line, column } = finding;
    const candidates = left
      .map((look) => candidateOf(look, data.guid, descriptor, lost === 1 && left.length === 1))
      .filter(({ because }) => because.length > 0)
      .sort((one, other) => other.because.length - one.because.length)
      .slice(0, MOST_CANDIDATES);
    if (candidates.length === 0) return finding;
    return diagnostic(
      code,
      { ...data, candidates },
      {
        ...(path === undefined ? {} : { path }),
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      },
    );
  });
}

function isLost(
  finding: Diagnostic,
): finding is Extract<Diagnostic, { readonly code: 'SHOT_WITHOUT_IMAGE' }> {
  return finding.code === 'SHOT_WITHOUT_IMAGE' && finding.disk === undefined;
}

function candidateOf(
  { file, header }: FileLook,
  guid: string,
  { blockSize, size }: DiskDescriptor,
  isOnly: boolean,
): Candidate {
  const name = basename(file);
  const isNamed = name.toLowerCase().includes(guid.slice(1, -1).toLowerCase());
  const isSame =
    header?.blockSize === blockSize && (header.size === size || header.statedSize === size);
  const because = [
    ...(isNamed ? ['GUID of the snapshot in its name'] : []),
    ...(isSame ? ['disk of the same size'] : []),
    ...(isOnly ? ['the only image left over'] : []),
  ];
  return { file, name, because };
}
