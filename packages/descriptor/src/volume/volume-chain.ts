import { append } from '../append.ts';
import { requireArgument, requireOptions } from '../arguments/require.ts';
import { aCount, aDocument, anObject, aText } from '../arguments/rules.ts';
import { findingsOf } from '../check-descriptor.ts';
import type { DiagnosticCode } from '../diagnostics/codes.ts';
import { diagnostic, isRefusal, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { DescriptorError } from '../errors.ts';
import { graphOf, surveyGraph } from '../graph/build.ts';
import type { DiskDescriptor } from '../model.ts';
import {
  MAX_DESCRIPTOR_BYTES,
  parseDescriptor,
  type ParseOptions,
  type ParseResult,
} from '../parse.ts';
import { isModern, parseRelease, type Release } from '../releases/release.ts';
import { resolveFile } from '../resolve-file.ts';
import { refuseTooManyOpen } from '../too-many-open.ts';

/** The most ancestors that the tool follows (releases 7.0.95 and later); it cuts a longer chain silently. */
export const MAX_VOLUMES = 257;

/** A descriptor, and where it is. */
export interface VolumeSource {
  /** The real (symlink-free) directory of the descriptor: the identity of a volume. */
  readonly directory: string;
  readonly source: string | Uint8Array;
}

/** What is asked for: the descriptor in a directory, of at most so many bytes. */
export interface VolumeRequest {
  /** Resolved as the tool does, symlinks still in it. */
  readonly directory: string;
  readonly maxBytes: number;
}

/** A volume that the chain goes through. Its lists are its own. */
export type ParentVolume = ParseResult & { readonly directory: string };

/**
 * A volume with its ancestors. `descriptor` is as the tool sees it: images and shots of the ancestors follow its own,
 * marked `foreign`, the files of these as absolute paths.
 */
export type VolumeChain = ParseResult & {
  /** The ancestors that could be read, the nearest first. */
  readonly parents: readonly ParentVolume[];
};

const UNNOTICED: ReadonlySet<DiagnosticCode> = new Set(['VOLUME_CYCLE', 'VOLUME_LIMIT']);

/** The release is 9 unless it is said; releases of 1.x know no volumes, and nothing is followed for them. */
const DEFAULT: Release = '9';

/**
 * Follows the `Volume` elements of a descriptor from directory to directory. Written once for both worlds: yields what
 * it asks for, takes what was read, and takes a thrown error for a volume that cannot be read. Ends at a volume that it
 * has seen, and after {@link MAX_VOLUMES}.
 */
export function* volumeChain(
  volume: VolumeSource,
  options: ParseOptions = {},
): Generator<VolumeRequest, VolumeChain, VolumeSource> {
  requireArgument('volume', volume, anObject({ directory: aText, source: aDocument }));
  requireOptions(options, {});
  const { directory, source } = volume;
  const { release: name = DEFAULT, maxBytes = MAX_DESCRIPTOR_BYTES } = options;
  const release = parseRelease(name);
  const own = parseDescriptor(source, { release: name, maxBytes });
  const parents: ParentVolume[] = [];
  const findings: Diagnostic[] = [];
  const seen = new Set([directory]);
  let bytesLeft = aCount.fits(maxBytes) ? maxBytes - source.length : 0;
  let child: ParentVolume = { ...own, directory };
  while (release !== undefined && isModern(release)) {
    const parent = child.descriptor?.volume?.parent;
    if (parent === undefined) break;
    if (parents.length === MAX_VOLUMES) {
      findings.push(diagnostic('VOLUME_LIMIT', { most: MAX_VOLUMES }));
      break;
    }
    const asked = resolveFile(child.directory, parent, release);
    let found: VolumeSource;
    try {
      found = yield { directory: asked, maxBytes: bytesLeft };
    } catch (error) {
      refuseTooManyOpen(asked, error);
      const reason = error instanceof Error ? error.message : String(error);
      const outside = error instanceof DescriptorError && error.code === 'VOLUME_OUTSIDE';
      if (outside) append(findings, error.diagnostics);
      else findings.push(diagnostic('VOLUME_UNREADABLE', { directory: asked, reason }));
      break;
    }
    if (seen.has(found.directory)) {
      findings.push(diagnostic('VOLUME_CYCLE', { directory: found.directory }));
      break;
    }
    seen.add(found.directory);
    const parsed = parseDescriptor(found.source, { release: name, maxBytes: bytesLeft });
    bytesLeft -= found.source.length;
    child = { ...parsed, directory: found.directory };
    parents.push(child);
    const refusal = parsed.diagnostics.find(isRefusal);
    if (refusal === undefined) continue;
    const { code } = refusal;
    findings.push(diagnostic('VOLUME_REFUSED', { directory: found.directory, code }));
    break;
  }
  return join(own, parents, findings, release);
}

function join(
  own: ParseResult,
  parents: readonly ParentVolume[],
  findings: readonly Diagnostic[],
  release: Release | undefined,
): VolumeChain {
  const reported = [...own.diagnostics, ...findings];
  const { descriptor, graph } = own;
  // Each of these findings ends the chain. The tool notices neither a cycle nor a chain that it cuts.
  const accepted = own.accepted && findings.every(({ code }) => UNNOTICED.has(code));
  if (descriptor === undefined || graph === undefined)
    return { accepted: false, parents, diagnostics: reported };
  const foreign = { foreign: true } as const;
  const joined: DiskDescriptor = {
    ...descriptor,
    images: [
      ...descriptor.images,
      ...parents.flatMap(({ directory, descriptor: parent }) =>
        (parent?.images ?? []).map((image) => ({
          ...image,
          file: resolveFile(directory, image.file, release),
          ...foreign,
        })),
      ),
    ],
    shots: [
      ...descriptor.shots,
      ...parents.flatMap(({ descriptor: parent }) =>
        (parent?.shots ?? []).map((shot) => ({ ...shot, ...foreign })),
      ),
    ],
  };
  if (parents.length === 0) return { accepted, descriptor, graph, parents, diagnostics: reported };
  // What was reported of a volume with its place is not reported again of the whole.
  const known = new Set(
    [...reported, ...parents.flatMap(({ diagnostics }) => diagnostics)].map(keyOf),
  );
  const survey = surveyGraph(joined);
  const beyond = findingsOf(joined, survey).filter((finding) => !known.has(keyOf(finding)));
  const diagnostics = [...reported, ...beyond];
  return { accepted, descriptor: joined, graph: graphOf(survey), parents, diagnostics };
}

function keyOf({ code, data }: Diagnostic): string {
  return JSON.stringify([code, data]);
}
