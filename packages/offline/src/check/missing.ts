import { basename } from 'node:path';

import { type DiagnosticCode, diagnostic, type Diagnostic, guidKey } from '@ploop/descriptor';
import { runAsync } from '@ploop/descriptor/internal';
import type { Confinement } from '@ploop/descriptor/node';
import { type Disk, timeText } from '@ploop/descriptor/node/internal';

import { candidatesFor, type Candidate } from '../beside/candidates.ts';
import type { LoadedDisk } from '../disk/load-disk.ts';
import { unusedFiles, type DirectorySurvey } from './check-directory.ts';
import type { ImageSurvey, MissingImage } from './check-images.ts';
import { lastWhole } from './last-whole.ts';

/** More say nothing new, and a descriptor may name 100,000. */
const MOST_EXPLAINED = 100;

/** Findings about an image that has no file of its own, or that no longer is in the descriptor: an unused one may be that. */
const WITHOUT_FILE: ReadonlySet<DiagnosticCode> = new Set([
  'FILE_DUPLICATE',
  'DELTA_SHARED',
  'SHOT_WITHOUT_IMAGE',
]);

/** What is known of missing images. */
export interface Explained {
  /** Those of the images, the missing ones with what may be in their place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diskAround: (file: string) => Disk;
}

/** Looks for the files of missing images under other names, and for the snapshots that need none of them. */
export async function explainMissing(
  disk: LoadedDisk,
  images: ImageSurvey,
  survey: DirectorySurvey,
  confinement: Confinement,
): Promise<Explained> {
  const missing = images.missing
    .filter(({ placed }) => placed.directory === disk.directory)
    .slice(0, MOST_EXPLAINED);
  const unused = unusedFiles(survey, images);
  const placed = missing.map((one) => one.placed);
  const lists = await runAsync(candidatesFor(placed, unused, confinement));
  const diagnostics = [...images.diagnostics];
  for (const [index, candidates] of lists.entries()) {
    const one = missing[index];
    const finding = one && diagnostics[one.index];
    if (one !== undefined && finding !== undefined)
      diagnostics[one.index] = withEvidence(finding, candidates, wholeFor(disk, images, one));
  }
  const isBroken =
    images.missing.length > 0 ||
    [...disk.diagnostics, ...images.diagnostics].some(({ code }) => WITHOUT_FILE.has(code));
  const described = timeText(disk.identity.mtimeNs / 1_000_000n);
  const files = [...images.paths].map((file) => basename(file));
  return {
    diagnostics,
    diskAround: (file) => ({
      images: files,
      mayBe: placed.flatMap(({ guid }, index) =>
        lists[index]?.some((candidate) => candidate.file === file) === true ? [guid] : [],
      ),
      isBroken,
      described,
    }),
  };
}

function withEvidence(
  finding: Diagnostic,
  candidates: readonly Candidate[],
  whole: Whole | undefined,
): Diagnostic {
  const found = candidates.length > 0 ? { candidates } : {};
  const { code, data, disk } = finding;
  const position = disk === undefined ? {} : { disk };
  if (code === 'DELTA_OUTSIDE') return diagnostic(code, { ...data, ...found }, position);
  if (code === 'DELTA_MISSING' || code === 'SPARE_DELTA_MISSING')
    return diagnostic(code, { ...data, ...found, ...whole }, position);
  return finding;
}

interface Whole {
  /** The nearest snapshot below whose files are all there. */
  readonly whole: string;
  /** Whether the missing image is the top, and the only one that it needs. */
  readonly onlyTop?: true;
  /** Whether the tool would drop elements of the descriptor. */
  readonly drops?: true;
}

/** Findings about what only another product knows of a descriptor. */
const FOREIGN: ReadonlySet<DiagnosticCode> = new Set(['ELEMENT_UNKNOWN', 'DROPPED_BY_TOOL']);

function wholeFor(
  { graph, diagnostics }: LoadedDisk,
  { missing }: ImageSurvey,
  { placed: { guid } }: MissingImage,
): Whole | undefined {
  if (graph === undefined) return undefined;
  const absent = new Set(missing.map(({ placed }) => guidKey(placed.guid)));
  const whole = lastWhole(graph, guid, (shot) => !absent.has(guidKey(shot)));
  if (whole === undefined) return undefined;
  const isTop = graph.top !== undefined && guidKey(graph.top.guid) === guidKey(guid);
  if (!isTop || !whole.isParent) return { whole: whole.guid };
  const drops = diagnostics.some(({ code }) => FOREIGN.has(code));
  return { whole: whole.guid, onlyTop: true, ...(drops && { drops }) };
}
