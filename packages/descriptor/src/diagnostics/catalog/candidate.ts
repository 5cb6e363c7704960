import { quoted } from '../entry.ts';

/** The evidence of the size, which follows that of the name if there is any. */
const SAME_SIZE = 'disk of the same size';

/** A file that may be a missing image. */
export interface CandidateData {
  readonly file: string;
  /** Relative to the descriptor. */
  readonly name: string;
  readonly because: readonly string[];
  /** Whether it is where nothing may be opened. */
  readonly outside?: true;
}

/** Data of findings that name such files. */
interface Candidates {
  readonly candidates?: readonly CandidateData[];
}

/** The files that may be an image that a descriptor names, with their evidence. */
export function candidatesText({ candidates = [] }: Candidates): string {
  return candidates
    .map((candidate) => {
      const newer = isOtherDelta(candidate) ? ', or a delta that is newer than the descriptor' : '';
      return `; ${quoted(candidate.name)} may be it (${candidate.because.join(', ')})${newer}`;
    })
    .join('');
}

/** Whether the size is the only evidence for a file that is named like a delta with a GUID of its own. */
export function isOtherDelta({ name, because }: CandidateData): boolean {
  return because[0] === SAME_SIZE && /\{[^{}]+\}/.test(name);
}

/** The files that may be the image of a shot for which a descriptor names none. */
export function mayBeText({ candidates = [] }: Candidates): string {
  return candidates
    .map(({ name, because }) => `; ${quoted(name)} may be it (${because.join(', ')})`)
    .join('');
}

/** Whether some of the files have an evidence. */
export function isLike(candidates: readonly CandidateData[], evidence: string): boolean {
  return candidates.some(({ because }) => because.includes(evidence));
}
