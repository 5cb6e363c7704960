import type { ExecOutcome } from './exec.ts';
import type { Release } from './release.ts';

/** What the tool is asked: usages, which it prints whatever state the machine is in. It does nothing but that. */
const QUESTIONS = ['', 'init', 'mount', 'fscheck'] as const;

type Answers = Readonly<Record<(typeof QUESTIONS)[number], string>>;

interface Row {
  readonly release: Release;
  readonly applies: (answers: Answers) => boolean;
}

const isSummary = (text: string): boolean => /^ +ploop umount /m.test(text);

/** The marks of releases in what they print, latest first: the first row that applies is it. */
const rows: readonly Row[] = [
  // Only where device-mapper has its ploop target.
  {
    release: { from: '9.0.28' },
    applies: ({ '': summary }) => summary.includes('ploop degrade -d'),
  },
  { release: { from: '9.0.25' }, applies: ({ mount }) => mount.includes('[-a]') },
  {
    release: { from: '9.0.12', to: '9.0.24' },
    applies: ({ '': summary }) => summary.includes('TG_BLOCKSIZE'),
  },
  {
    release: { from: '8.0.71', to: '9.0.11' },
    applies: ({ '': summary, init }) => summary.includes('tg-init') && init.includes('IMAGEFMT'),
  },
  {
    release: { from: '8.0.59', to: '8.0.70' },
    applies: ({ '': summary }) => summary.includes('tg-init'),
  },
  // Releases 8 have it from 8.0.72 on, and are told by then.
  {
    release: { from: '7.0.265', to: '7.0.999' },
    applies: ({ fscheck }) => fscheck !== '' && !isSummary(fscheck),
  },
  {
    release: { from: '7.0.88', to: '8.0.58' },
    applies: ({ '': summary }) => summary.includes('-L LABEL'),
  },
  {
    release: { from: '7.0.53', to: '7.0.87' },
    applies: ({ '': summary }) => summary.includes('NEW_DELTA | DEVICE'),
  },
  {
    release: { from: '7.0.43', to: '7.0.52' },
    applies: ({ '': summary }) => /\bencrypt\b/.test(summary),
  },
  {
    release: { from: '7.0.30', to: '7.0.42' },
    applies: ({ '': summary }) => /\btsnapshot\b/.test(summary),
  },
  { release: { from: '1.14', to: '7.0.42' }, applies: ({ init }) => init.includes('--nolazy') },
  { release: { from: '1', to: '1.13' }, applies: () => true },
];

/**
 * The release of a tool, as far as its usages tell; `undefined` where it is none that is known. No release has an
 * option that prints its number.
 */
export async function probeRelease(
  run: (argv: readonly string[]) => Promise<ExecOutcome>,
): Promise<Release | undefined> {
  const answers = await Promise.all(
    QUESTIONS.map(async (question) => {
      const { exitCode, stderr } = await run(question === '' ? [] : [question]);
      return [question, exitCode === 38 ? stderr.text : ''] as const;
    }),
  );
  return releaseOf(Object.fromEntries(answers) as Answers);
}

/** Exported for its test. */
export function releaseOf(answers: Answers): Release | undefined {
  if (!isSummary(answers[''])) return undefined;
  return rows.find(({ applies }) => applies(answers))?.release;
}
