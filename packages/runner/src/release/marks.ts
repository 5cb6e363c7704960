import { OPTIONS, otherReleases, SUBCOMMANDS, type Releases } from '@ploop/descriptor/releases';

import { PRINTED } from './printed.ts';

/** What the tool said when it was asked. */
export interface Answer {
  /** `undefined`: a signal ended it, or it was not started. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/** Something that some releases print and others do not. */
export interface Mark {
  /** Arguments with which every release prints something and does nothing else. */
  readonly question: string;
  /** Whether the answer has it; `undefined` if the answer is neither, as where a helper program is not installed. */
  readonly shows: (answer: Answer) => boolean | undefined;
  /** The releases that print it. */
  readonly releases: Releases;
}

const SUMMARY = /^ +ploop umount /m;
const USAGE = /^Usage: /m;
const MISSING = '/nonexistent/DiskDescriptor.xml';

/** Whether a text is the usage of the whole tool, which it prints for a subcommand that it does not know. */
export function isSummary(stderr: string): boolean {
  return SUMMARY.test(stderr);
}

const evidence = (yes: boolean, no: boolean): boolean | undefined => (yes || no ? yes : undefined);

/** The usage has a text. */
const has = (question: string, text: RegExp, releases: Releases): Mark => ({
  question,
  shows: ({ stderr }) => evidence(text.test(stderr), USAGE.test(stderr)),
  releases,
});

/** The subcommand is known. */
const knows = (subcommand: string, own = USAGE, other = SUMMARY): Mark => ({
  question: subcommand,
  shows: ({ stderr }) => {
    const isOther = other.test(stderr);
    return evidence(!isOther && own.test(stderr), isOther);
  },
  releases: SUBCOMMANDS[subcommand] ?? [],
});

/** The subcommand knows an option, which it is given alone. */
const takes = (
  subcommand: string,
  option: string,
  accepted = /^Usage: |requires an argument/m,
): Mark => ({
  question: `${subcommand} ${option}`,
  shows: ({ stderr }) => {
    const isUnknown = isSummary(stderr) || /(?:invalid|unrecognized) option/.test(stderr);
    return evidence(!isUnknown && accepted.test(stderr), isUnknown);
  },
  releases: OPTIONS[subcommand]?.[option] ?? [],
});

const without = (releases: Releases): Releases => otherReleases([{ since: '1' }], releases);

/**
 * Texts that differ between releases, measured on 66 builds with and without a driver. Without a disk or a device to work
 * on, the tool only prints.
 */
export const MARKS: readonly Mark[] = [
  { ...knows('replace'), releases: [{ since: '1.11' }] },
  takes('info', '-d'),
  {
    // The line of its source is the only difference.
    question: 'mount /nonexistent/root.hdd',
    shows: ({ stderr }) =>
      evidence(stderr.includes('(ploop.c:1731)'), stderr.includes('(ploop.c:1610)')),
    releases: PRINTED.mountLine1731,
  },
  knows('restore-descriptor'),
  takes('snapshot-merge', '-U'),
  takes('init', '--nolazy'),
  takes('balloon discard', '--defrag'),
  knows('cbt'),
  {
    // The line of its source is the only difference.
    question: `info ${MISSING}`,
    shows: ({ stderr }) => evidence(stderr.includes('(di.c:288)'), stderr.includes('(di.c:319)')),
    releases: PRINTED.infoLine288,
  },
  knows('encrypt'),
  has('', /\bencrypt\b/, PRINTED.encrypt),
  has('', /NEW_DELTA \| DEVICE/, PRINTED.newDeltaOrDevice),
  takes('encrypt', '-r'),
  takes('snapshot', '-o'),
  has('', /-L LABEL/, PRINTED.label),
  knows('volume'),
  knows('volume info', /^Usage: \S+ info/m, /^Usage: ploop-volume \{/m),
  takes('init', '-S'),
  takes('replace', '-w'),
  takes('grow', '-S'),
  takes('balloon discard', '--defrag-only'),
  takes('check', '-D'),
  knows('test'),
  has('check', /\bD\b/, PRINTED.checkDefragment),
  takes('info', '-b'),
  takes('check', '--live-check-bat'),
  takes('resize', '-o'),
  knows('cbt diff', /^Usage: ploop-cbt diff/m, /^Usage: ploop-cbt \{/m),
  takes('copy', '-F'),
  takes('balloon discard', '--image-defrag-threshold'),
  takes('check', '-v'),
  knows('fscheck'),
  takes('mount', '-n'),
  has('umount', /^Usage: (?![^]*^ +ploop umount DELTA)/m, without(PRINTED.umountDelta)),
  {
    question: 'cbt show',
    shows: ({ exitCode, stderr }) => (exitCode === 4 ? stderr.includes('open (null)') : undefined),
    releases: PRINTED.opensNull,
  },
  takes('list', '-f', /^(?!list: )/),
  has('balloon', /^Usage: (?!.*\bstatus\b)/m, without(PRINTED.balloonStatus)),
  knows('tg-status', /^$/),
  takes('mount', '-q'),
  takes('init', '-T'),
  {
    question: `info ${MISSING}`,
    shows: ({ exitCode }) => evidence(exitCode === 4, exitCode === 39),
    releases: PRINTED.missingIsOpen,
  },
  takes('resize', '-p'),
  {
    question: `info ${MISSING}`,
    shows: ({ exitCode, stderr }) => (exitCode === 4 ? stderr === '' : undefined),
    releases: PRINTED.missingIsSilent,
  },
  has('', /tg-init DEVICE NAME/, PRINTED.targetName),
  takes('copy', '-t'),
  has('replace', /\{-f FORMAT\}/, PRINTED.replaceFormat),
  has('', /TG_BLOCKSIZE/, PRINTED.targetBlockSize),
  has('init', /\bxfs\b/, PRINTED.initXfs),
  takes('mount', '-a'),
  knows('degrade'),
];
