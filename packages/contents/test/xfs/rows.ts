/** A kind of XFS file system: what `mkfs.xfs` makes it of. */
export interface Row {
  readonly name: string;
  readonly argv: readonly string[];
  /** Size of the image, if a small one is not enough. */
  readonly mebibytes?: number;
  /** Whether it gets another UUID later, so that metadata has the first one. */
  readonly isRenamed?: true;
}

/** One row for each feature of version 5 that changes how a file system is read. */
export const ROWS: readonly Row[] = [
  { name: 'as made', argv: [] },
  { name: '1 KiB', argv: ['-b', 'size=1024'] },
  { name: '2 KiB, inodes of 1 KiB', argv: ['-b', 'size=2048', '-i', 'size=1024'] },
  { name: '1 KiB, directory blocks of 4 KiB', argv: ['-b', 'size=1024', '-n', 'size=4096'] },
  { name: 'directory blocks of 64 KiB', argv: ['-n', 'size=65536'] },
  { name: '1 KiB, directory blocks of 64 KiB', argv: ['-b', 'size=1024', '-n', 'size=65536'] },
  { name: 'no bigtime', argv: ['-m', 'bigtime=0'] },
  { name: 'nrext64', argv: ['-i', 'nrext64=1'] },
  { name: 'nrext64, 1 KiB', argv: ['-b', 'size=1024', '-i', 'nrext64=1'] },
  { name: 'no sparse inodes', argv: ['-i', 'sparse=0'] },
  { name: 'inodes of 2 KiB', argv: ['-i', 'size=2048'] },
  { name: 'no reflink', argv: ['-m', 'reflink=0'] },
  { name: 'rmapbt, inobtcount', argv: ['-m', 'rmapbt=1,inobtcount=1,finobt=1'] },
  { name: 'no finobt', argv: ['-m', 'finobt=0,inobtcount=0'] },
  { name: 'three groups', argv: ['-d', 'agcount=3'] },
  { name: '17 groups', argv: ['-d', 'agcount=17'], mebibytes: 1360 },
  {
    name: 'inode numbers above 32 bits',
    argv: ['-d', 'agcount=8', '-l', 'size=64m'],
    mebibytes: 5 * 2 ** 20,
  },
  { name: 'sectors of 4 KiB', argv: ['-s', 'size=4096'] },
  { name: 'other UUID in metadata', argv: [], isRenamed: true },
  { name: '8 KiB', argv: ['-b', 'size=8192'] },
  { name: '64 KiB', argv: ['-b', 'size=65536'] },
];
