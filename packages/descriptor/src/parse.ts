import { shown } from './arguments/misfit.ts';
import { misfit } from './arguments/require.ts';
import { aCount, aDocument, isRecord, type Rule } from './arguments/rules.ts';
import { runChecks } from './check-descriptor.ts';
import { decodeDescriptor, type DecodedDescriptor } from './decode/descriptor.ts';
import { withoutConsequences } from './decode/lost-shot.ts';
import type { Report } from './decode/report.ts';
import { createCollector } from './diagnostics/collector.ts';
import { diagnostic, type Diagnostic, type Position } from './diagnostics/diagnostic.ts';
import type { Subject } from './diagnostics/report-finding.ts';
import { DescriptorError } from './errors.ts';
import { foreignFindings } from './foreign-findings.ts';
import { graphOf, surveyGraph, type SnapshotGraph } from './graph/build.ts';
import type { DiskDescriptor } from './model.ts';
import {
  DEFAULT_RELEASE,
  parseRelease,
  type Release,
  type ReleaseName,
} from './releases/release.ts';
import { decodeBytes } from './xml/decode-bytes.ts';
import { passGate, type GateResult } from './xml/gate.ts';
import { createLocator } from './xml/position.ts';
import { readTree } from './xml/tree.ts';
import { withZeros } from './xml/zeros.ts';

/** How to parse. */
export interface ParseOptions {
  /**
   * The largest input that is looked at: a whole number of bytes (of UTF-16 code units for a string). Default 64 MiB. It
   * bounds memory, too: at most 24 bytes for each byte of the input, and 160 MiB for the garbage of the engine.
   */
  readonly maxBytes?: number | undefined;
  /** The release whose verdict `accepted` is: a family, or a full version such as `9.0.30`. Default 1.15, Debian's. */
  readonly release?: ReleaseName | undefined;
}

/** What parsing found. */
export type ParseResult = AcceptedResult | RefusedResult;

/** Of a document that the tool reads. With a damaged graph it does so too, and fails or does damage later. */
export interface AcceptedResult {
  readonly accepted: true;
  /** What the tool would see. */
  readonly descriptor: DiskDescriptor;
  /** The graph of `descriptor`. */
  readonly graph: SnapshotGraph;
  /** Everything found, in document order of the rules; empty for a document with nothing to say about. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Of a document that the tool refuses; a finding says why. */
export interface RefusedResult {
  readonly accepted: false;
  /** The part that could still be read; with `graph`, or neither is there. */
  readonly descriptor?: DiskDescriptor;
  readonly graph?: SnapshotGraph;
  readonly diagnostics: readonly Diagnostic[];
}

/** The size cap of a descriptor: a disk with 100,000 snapshots takes about 40 MB. */
export const MAX_DESCRIPTOR_BYTES: number = 64 * 1024 * 1024;

/**
 * The model of a DiskDescriptor.xml. Never throws on input: what is wrong is in `diagnostics`, each finding with its
 * place. `accepted` is the verdict of the tool itself, which notices less than is wrong.
 * Bytes are decoded by byte order mark and XML declaration; a string is taken as decoded already.
 */
export function parseDescriptor(
  source: string | Uint8Array,
  options: ParseOptions = {},
): ParseResult {
  const wrong = misfit('source', source, aDocument) ?? misfit('options', options, anyOptions);
  if (wrong !== undefined) return unreadable(wrong);
  const limit = limitOf(options);
  if (typeof limit !== 'number') return unreadable(limit);
  const { release: name = DEFAULT_RELEASE } = options;
  const release = parseRelease(name);
  if (release === undefined)
    return unreadable(diagnostic('RELEASE_UNKNOWN', { release: shown(name) }));
  if (source.length > limit)
    return unreadable(diagnostic('INPUT_TOO_LARGE', { bytes: source.length, limit }));
  if (typeof source === 'string') return parseText(source, release, undefined);
  const decoded = decodeBytes(source);
  return decoded.text === undefined
    ? unreadable(decoded.finding)
    : parseText(decoded.text, release, decoded.markBytes > 0 ? decoded.encoding : undefined);
}

/**
 * The model of a DiskDescriptor.xml that the tool accepts.
 *
 * @throws DescriptorError carrying every finding, where the tool would refuse the document.
 */
export function parseDescriptorOrThrow(
  source: string | Uint8Array,
  options: ParseOptions = {},
): DiskDescriptor {
  return acceptedOrThrow(parseDescriptor(source, options));
}

/** The model that a result holds, or a `DescriptorError` with every finding if the tool would refuse the document. */
export function acceptedOrThrow(result: ParseResult): DiskDescriptor {
  if (result.accepted) return result.descriptor;
  const [first, ...rest] = result.diagnostics;
  throw new DescriptorError([first ?? diagnostic('XML_EMPTY', {}), ...rest]);
}

const anyOptions: Rule = { expected: 'an object', fits: isRecord };

/** The size cap that options ask for, or what is wrong with it. */
export function limitOf({ maxBytes = MAX_DESCRIPTOR_BYTES }: ParseOptions): number | Diagnostic {
  return misfit('maxBytes', maxBytes, aCount) ?? maxBytes;
}

/** `marked` is the encoding of bytes that began with a byte order mark. */
function parseText(source: string, release: Release, marked: string | undefined): ParseResult {
  const { text, start } = contentOf(source);
  let gate: GateResult;
  try {
    gate = passGate(text);
  } catch (error) {
    return unreadable(brokenBy(error));
  }
  const { fault, outline } = gate;
  if (fault !== undefined) return unreadable(withZeros(fault, source));

  const collector = createCollector();
  const locate = createLocator(text);
  const report: Report = (code, data, at) => {
    collector.add(code, () => diagnostic(code, data, at && locate(at)));
  };
  let decoded: DecodedDescriptor;
  try {
    decoded = decodeDescriptor(readTree(text, outline), release, report);
  } catch (error) {
    return unreadable(brokenBy(error));
  }
  const { descriptor, complete } = decoded;
  const survey = surveyGraph(descriptor);
  const placeOf = (subject: Subject): Position | undefined => {
    const place = decoded.placeOf(subject);
    return place && locate(place);
  };
  const mark = marked ?? (start > 0 ? 'UTF-16' : undefined);
  for (const finding of foreignFindings(text, gate.foreign, mark))
    collector.add(finding.code, () => finding);
  // What could not be read would show up again as missing.
  if (complete)
    runChecks(descriptor, survey, (code, data, subject) => {
      collector.add(code, () => diagnostic(code, data, subject && placeOf(subject)));
    });
  const accepted = !collector.hasRefusal();
  const diagnostics = withoutConsequences(collector.all());
  return { accepted, descriptor, graph: graphOf(survey), diagnostics };
}

/** The part of a text that is the document: a byte order mark is not content, and the tool's parser takes NUL for the end. */
export function contentOf(source: string): {
  readonly text: string;
  readonly start: number;
  readonly end: number;
} {
  const start = source.startsWith('\uFEFF') ? 1 : 0;
  const nul = source.indexOf('\0');
  const end = nul === -1 ? source.length : nul;
  return { text: source.slice(start, end), start, end };
}

/** A reader gave up: on a document made to exhaust it, or where the two readers do not agree. */
function brokenBy(error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return diagnostic('XML_SYNTAX', { reason });
}

/** The result where nothing could be read. */
export function unreadable(finding: Diagnostic): ParseResult {
  return { accepted: false, diagnostics: [finding] };
}
