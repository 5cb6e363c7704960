import type { DiskRow } from './row.ts';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly of: (row: DiskRow) => readonly (readonly [value: number, labels?: string])[];
}

/** The metrics of a disk. Names stay as they are; the README lists them. */
const METRICS: readonly Metric[] = [
  {
    name: 'ploop_disk_accepted',
    help: 'Whether the ploop tool accepts the descriptor.',
    of: ({ accepted }) => [[accepted ? 1 : 0]],
  },
  {
    name: 'ploop_disk_size_bytes',
    help: 'Virtual size of the disk.',
    of: ({ size }) => (size === undefined ? [] : [[size]]),
  },
  {
    name: 'ploop_disk_file_bytes',
    help: 'Size of all image files.',
    of: ({ fileBytes }) => [[fileBytes]],
  },
  {
    name: 'ploop_disk_stored_bytes',
    help: 'What the file system stores of the image files.',
    of: ({ stored }) => [[stored]],
  },
  {
    name: 'ploop_disk_snapshots',
    help: 'Snapshots of the disk.',
    of: ({ snapshots }) => [[snapshots]],
  },
  {
    name: 'ploop_disk_findings',
    help: 'What ploop-inspect check finds.',
    of: ({ errors, warnings }) => [
      [errors, 'severity="error"'],
      [warnings, 'severity="warning"'],
    ],
  },
];

/** Disks in the text format of Prometheus, as the textfile collector of the node exporter reads it. */
export function prometheusLines(rows: readonly DiskRow[], errors: number): readonly string[] {
  const disks = METRICS.flatMap(({ name, help, of }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...rows.flatMap((row) =>
      of(row).map(([value, labels]) => {
        const all = [`path="${escaped(row.path)}"`, ...(labels === undefined ? [] : [labels])];
        return `${name}{${all.join(',')}} ${String(value)}`;
      }),
    ),
  ]);
  return [
    ...disks,
    '# HELP ploop_scan_disks Disks that the scan has found.',
    '# TYPE ploop_scan_disks gauge',
    `ploop_scan_disks ${String(rows.length)}`,
    '# HELP ploop_scan_errors Places that the scan could not look into.',
    '# TYPE ploop_scan_errors gauge',
    `ploop_scan_errors ${String(errors)}`,
  ];
}

/** As the format asks for in the value of a label. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
