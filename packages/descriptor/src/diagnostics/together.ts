import type { DiagnosticCode } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A hint that holds instead of the one of the catalogue if the same image, or disk, has another finding as well. */
interface Together {
  readonly code: DiagnosticCode;
  readonly beside: readonly DiagnosticCode[];
  /** Whether the other finding counts wherever it is on the same disk, not only in the same image. */
  readonly onDisk?: true;
  readonly hint: string;
  /** Whether the hint of the catalogue follows. */
  readonly goesOn?: true;
}

const SIZE_DOUBTFUL =
  'The size in the header may be damaged. Let no command write to the disk: a merge, `ploop check -f`, and any `ploop check` of an image in use cut off what is beyond the size. Copy the image, then compare its size with Disk_size, with the other images and with a backup.';

const SIZE_IS_DAMAGED =
  'The cause is that of SIZE_DAMAGED: the size in the header is too small. Let no command write to the disk, and do what is said there.';

const IMAGE_AS_BARE =
  'The base begins as an image and is shorter than a bare disk would be: most likely it is an image, and the types in the descriptor are wrong. Do not mount the disk. In a copy of the descriptor beside it write Compressed for all images, export that, and compare the content before anything is changed.';

const LIVE_CLUSTERS =
  'Not harmless here: the block table is damaged, and these are probably the clusters that its wrong entries led to. Copy the file and keep the copy. Do not compact, merge or repair the image: that gives the clusters up.';

const SHOT_IS_ADDED =
  'The cause is that of SHOT_ASSUMED: the tool adds a shot of this GUID because there is an image more than there are shots. Do what is said there, and this finding goes away.';

const LOST_IS_ADDED =
  'This is what the tool does about SHOT_LOST, and it is wrong. Do what is said there, and this finding goes away.';

const IMAGE_IS_LOST =
  'The cause is that of SHOT_WITHOUT_IMAGE: the Image of that shot is lost, or its GUID is misspelt. Add no Shot. Do what is said there, and this finding goes away.';

const NUMBERS_DIFFER =
  'The cause is that of SHOT_WITHOUT_IMAGE: the Image of that shot is lost. Add and remove no Shot. Do what is said there, and this finding goes away.';

const IMAGE_OF_SHOT_LOST =
  'The cause is that of SHOT_WITHOUT_IMAGE: the only Image is lost. Do what is said there, and this finding goes away.';

const SHOTS_ARE_LOST =
  'The cause is that of IMAGE_WITHOUT_SHOT: the Shots of those images are lost. Look for a backup of the descriptor: nothing here shows what each of them stands on. Remove nothing.';

const TOP_SHOT_LOST =
  'The cause is that of SHOT_LOST: the shot of the top is the one that is lost. Do what is said there, and this finding goes away.';

const SHOT_FIRST =
  'Mend SHOT_LOST first: the shot of the constant GUID is the one that the tool adds.';

const NO_DESCRIPTOR =
  'Most of a descriptor is missing: the document is probably another one, such as the error page of a download. Add nothing. Keep the file, and restore the descriptor from a backup.';

/** The first row that fits counts. */
const rows: readonly Together[] = [
  ...(
    ['BAT_LONGER', 'BAT_STALE', 'CHAIN_SHRUNK', 'CLUSTERS_UNUSED', 'DISK_SIZE_DIFFERS'] as const
  ).map((code) => ({
    code,
    beside: ['SIZE_DAMAGED'] as const,
    hint: SIZE_IS_DAMAGED,
  })),
  {
    code: 'BAT_STALE',
    beside: ['HEADER_INEXACT', 'BAT_LONGER', 'DISK_SIZE_DIFFERS', 'CHAIN_SHRUNK'],
    hint: SIZE_DOUBTFUL,
  },
  { code: 'HEADER_INEXACT', beside: ['BAT_STALE', 'DISK_SIZE_DIFFERS'], hint: SIZE_DOUBTFUL },
  { code: 'BAT_LONGER', beside: ['BAT_STALE', 'DISK_SIZE_DIFFERS'], hint: SIZE_DOUBTFUL },
  { code: 'DISK_SIZE_DIFFERS', beside: ['BAT_STALE', 'HEADER_INEXACT'], hint: SIZE_DOUBTFUL },
  // A check of an image in use repairs it, with whatever options.
  {
    code: 'IMAGE_IN_USE',
    beside: ['BAT_STALE', 'HEADER_INEXACT', 'DISK_SIZE_DIFFERS', 'CHAIN_SHRUNK'],
    hint: SIZE_DOUBTFUL,
  },
  {
    code: 'IMAGE_IN_USE',
    beside: ['CLUSTER_BEYOND_END'],
    hint: 'The file was cut off, and data are missing at its end. `ploop check -d` refuses it (11), and with -F gives up the data. Copy the file again from where it came from.',
  },
  {
    code: 'FILE_END_ODD',
    beside: ['CLUSTER_BEYOND_END'],
    hint: 'The file was cut off, and data are missing at its end. Do not run `ploop check -f`: it cuts off more, or pads the file with zeros, and then nothing shows that data are missing. Copy the file again from where it came from.',
  },
  {
    code: 'FILE_END_ODD',
    beside: ['IMAGE_TRUNCATED', 'BASE_SHORTER', 'BASE_TRUNCATED'],
    hint: 'The cause is that of the finding that says how much is missing: the file was cut off within a sector, or its copy is not complete. Copy it again from where it came from.',
  },
  {
    code: 'CLUSTERS_UNUSED',
    beside: [
      ...(['CLUSTER_BEFORE_DATA', 'CLUSTER_MISALIGNED', 'CLUSTER_SHARED'] as const),
      ...(['CLUSTER_BEYOND_END', 'BAT_STALE'] as const),
    ],
    hint: LIVE_CLUSTERS,
  },
  { code: 'BASE_NOT_RAW', beside: ['IMAGE_TRUNCATED', 'BASE_SHORTER'], hint: IMAGE_AS_BARE },
  { code: 'IMAGE_TRUNCATED', beside: ['BASE_NOT_RAW'], hint: IMAGE_AS_BARE },
  { code: 'BASE_SHORTER', beside: ['BASE_NOT_RAW'], hint: IMAGE_AS_BARE },
  {
    code: 'BASE_PLAIN',
    beside: ['BASE_NOT_RAW'],
    onDisk: true,
    hint: 'See BASE_NOT_RAW first: the base begins as an image, so that its type may be wrong. Change nothing before that is clear.',
  },
  {
    code: 'FILE_SYSTEM_TRUNCATED',
    beside: ['IMAGE_TRUNCATED', 'STORAGE_IMAGE_SIZE'],
    onDisk: true,
    hint: 'The cause is that of IMAGE_TRUNCATED or STORAGE_IMAGE_SIZE.',
    goesOn: true,
  },
  {
    code: 'FILE_SYSTEM_TRUNCATED',
    beside: ['BAT_STALE', 'DISK_SIZE_DIFFERS', 'CHAIN_SHRUNK'],
    onDisk: true,
    hint: 'The cause is probably that of BAT_STALE, DISK_SIZE_DIFFERS or CHAIN_SHRUNK: an image states a size that is too small, and an export ends there as well. Find out the right size first. Do not repair the file system, and let no command write to the disk.',
  },
  {
    code: 'PARTITION_TRUNCATED',
    beside: ['IMAGE_TRUNCATED', 'STORAGE_IMAGE_SIZE'],
    onDisk: true,
    hint: 'The cause is that of IMAGE_TRUNCATED or STORAGE_IMAGE_SIZE.',
    goesOn: true,
  },
  {
    code: 'PARTITION_OUTSIDE',
    beside: ['FILE_SYSTEM_TRUNCATED', 'PARTITION_TRUNCATED'],
    onDisk: true,
    hint: 'The cause is probably that of FILE_SYSTEM_TRUNCATED or PARTITION_TRUNCATED: do what is said there.',
  },
  {
    code: 'DISK_PARAMETERS_MISSING',
    beside: ['STORAGE_MISSING'],
    onDisk: true,
    hint: NO_DESCRIPTOR,
  },
  {
    code: 'STORAGE_MISSING',
    beside: ['DISK_PARAMETERS_MISSING'],
    onDisk: true,
    hint: NO_DESCRIPTOR,
  },
  {
    code: 'SNAPSHOTS_MISSING',
    beside: ['DISK_PARAMETERS_MISSING'],
    onDisk: true,
    hint: NO_DESCRIPTOR,
  },
  { code: 'SHOT_ASSUMED', beside: ['SHOT_LOST'], onDisk: true, hint: LOST_IS_ADDED },
  { code: 'SHOT_ASSUMED', beside: ['SHOT_WITHOUT_IMAGE'], onDisk: true, hint: IMAGE_IS_LOST },
  { code: 'COUNT_MISMATCH', beside: ['SHOT_WITHOUT_IMAGE'], onDisk: true, hint: NUMBERS_DIFFER },
  {
    code: 'IMAGES_MISSING',
    beside: ['SHOT_WITHOUT_IMAGE'],
    onDisk: true,
    hint: IMAGE_OF_SHOT_LOST,
  },
  { code: 'COUNT_MISMATCH', beside: ['IMAGE_WITHOUT_SHOT'], onDisk: true, hint: SHOTS_ARE_LOST },
  { code: 'TOP_GUID_UNKNOWN', beside: ['SHOT_LOST'], onDisk: true, hint: TOP_SHOT_LOST },
  { code: 'OLD_FORMAT', beside: ['SHOT_LOST'], onDisk: true, hint: SHOT_FIRST, goesOn: true },
  { code: 'GUID_DUPLICATE', beside: ['SHOT_ASSUMED'], onDisk: true, hint: SHOT_IS_ADDED },
  { code: 'SEVERAL_BASES', beside: ['SHOT_ASSUMED'], onDisk: true, hint: SHOT_IS_ADDED },
];

/**
 * Findings with the hints that hold where several are about the same image: a step that is right for one of them may
 * destroy what another one shows.
 */
export function hintedTogether(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const ofImages = codesBy(findings, imageOf);
  const ofDisks = codesBy(findings, diskOf);
  return findings.map((finding) => {
    const inImage = ofImages.get(imageOf(finding) ?? '');
    const onDisk = ofDisks.get(diskOf(finding));
    const row = rows.find(
      ({ code, beside, ...rest }) =>
        code === finding.code &&
        beside.some((other) => (rest.onDisk === true ? onDisk : inImage)?.has(other)),
    );
    if (row === undefined || finding.hint.startsWith(row.hint)) return finding;
    return { ...finding, hint: row.goesOn ? `${row.hint} ${finding.hint}` : row.hint };
  });
}

function codesBy(
  findings: readonly Diagnostic[],
  keyOf: (finding: Diagnostic) => string | undefined,
): ReadonlyMap<string, ReadonlySet<DiagnosticCode>> {
  const codes = new Map<string, Set<DiagnosticCode>>();
  for (const finding of findings) {
    const key = keyOf(finding);
    if (key === undefined) continue;
    const known = codes.get(key);
    if (known === undefined) codes.set(key, new Set([finding.code]));
    else known.add(finding.code);
  }
  return codes;
}

function imageOf({ data, disk = '' }: Diagnostic): string | undefined {
  return 'file' in data ? `${disk}\0${data.file}` : undefined;
}

function diskOf({ disk = '' }: Diagnostic): string {
  return disk;
}
