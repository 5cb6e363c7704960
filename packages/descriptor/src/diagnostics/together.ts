import type { DiagnosticCode } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A hint that holds instead of the one of the catalogue where the same image has another finding as well. */
interface Together {
  readonly code: DiagnosticCode;
  readonly beside: readonly DiagnosticCode[];
  readonly hint: string;
}

const SIZE_DOUBTFUL =
  'The size in the header may be damaged. Let no command write to the disk: a merge, `ploop check -f`, and any `ploop check` of an image in use cut off what is behind the size. Copy the image, then compare its size with Disk_size, with the other images and with a backup.';

const IMAGE_AS_BARE =
  'The base begins as an image and is shorter than a bare disk would be: most likely it is an image, and the types in the descriptor are wrong. Do not mount the disk. In a copy of the descriptor beside it write Compressed for all images, export that, and compare the content before anything is changed.';

/** The first row that fits counts. */
const rows: readonly Together[] = [
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
    beside: ['IMAGE_TRUNCATED', 'BASE_SHORTER'],
    hint: 'The cause is the same: the file was cut off within a sector, or its copy is not complete. Copy it again from where it came from.',
  },
  { code: 'BASE_NOT_RAW', beside: ['IMAGE_TRUNCATED', 'BASE_SHORTER'], hint: IMAGE_AS_BARE },
  { code: 'IMAGE_TRUNCATED', beside: ['BASE_NOT_RAW'], hint: IMAGE_AS_BARE },
  { code: 'BASE_SHORTER', beside: ['BASE_NOT_RAW'], hint: IMAGE_AS_BARE },
];

/**
 * Findings with the hints that hold where several are about the same image: a step that is right for one of them may
 * destroy what another one shows.
 */
export function hintedTogether(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const codes = new Map<string, Set<DiagnosticCode>>();
  for (const finding of findings) {
    const image = imageOf(finding);
    if (image === undefined) continue;
    const known = codes.get(image);
    if (known === undefined) codes.set(image, new Set([finding.code]));
    else known.add(finding.code);
  }
  return findings.map((finding) => {
    const found = codes.get(imageOf(finding) ?? '');
    const row = rows.find(
      ({ code, beside }) => code === finding.code && beside.some((other) => found?.has(other)),
    );
    return row === undefined ? finding : { ...finding, hint: row.hint };
  });
}

function imageOf({ data, disk = '' }: Diagnostic): string | undefined {
  return 'file' in data ? `${disk}\0${data.file}` : undefined;
}
