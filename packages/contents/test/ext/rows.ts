/** A kind of ext file system: what `mke2fs` makes it of. */
export interface Row {
  readonly name: string;
  readonly argv: readonly string[];
  /** Whether the kernel here may refuse it: then debugfs and the source tree are the only oracles. */
  readonly isRare?: true;
}

/** One row for each feature that changes how a file system is read. */
export const ROWS: readonly Row[] = [
  { name: 'ext2, 1 KiB', argv: ['-t', 'ext2', '-b', '1024'] },
  { name: 'ext2, 4 KiB, small inodes', argv: ['-t', 'ext2', '-b', '4096', '-I', '128'] },
  { name: 'ext3, 2 KiB', argv: ['-t', 'ext3', '-b', '2048'] },
  { name: 'ext4', argv: ['-t', 'ext4', '-b', '4096'] },
  { name: 'ext4, 1 KiB', argv: ['-t', 'ext4', '-b', '1024'] },
  { name: 'no extents', argv: ['-t', 'ext4', '-b', '1024', '-O', '^extent,^64bit'] },
  { name: 'crc16', argv: ['-t', 'ext4', '-b', '1024', '-O', '^metadata_csum,uninit_bg,^64bit'] },
  { name: 'no checksums', argv: ['-t', 'ext4', '-O', '^metadata_csum,^uninit_bg'] },
  {
    name: 'meta_bg',
    argv: ['-t', 'ext4', '-b', '1024', '-g', '1024', '-O', 'meta_bg,^resize_inode'],
  },
  {
    name: 'meta_bg, 64 KiB groups',
    argv: ['-t', 'ext4', '-b', '2048', '-g', '512', '-O', 'meta_bg,^resize_inode,^flex_bg'],
  },
  { name: 'bigalloc', argv: ['-t', 'ext4', '-O', 'bigalloc', '-C', '65536'] },
  { name: 'bigalloc, 1 KiB', argv: ['-t', 'ext4', '-b', '1024', '-O', 'bigalloc', '-C', '8192'] },
  { name: 'sparse_super2', argv: ['-t', 'ext4', '-b', '1024', '-O', 'sparse_super2'] },
  {
    name: 'sparse_super2, meta_bg',
    argv: ['-t', 'ext4', '-b', '1024', '-g', '1024', '-O', 'sparse_super2,meta_bg,^resize_inode'],
  },
  {
    name: 'no sparse_super',
    argv: ['-t', 'ext4', '-b', '1024', '-g', '1024', '-O', '^sparse_super,meta_bg,^resize_inode'],
  },
  { name: 'csum_seed', argv: ['-t', 'ext4', '-O', 'metadata_csum_seed'] },
  { name: 'inline_data', argv: ['-t', 'ext4', '-I', '512', '-O', 'inline_data'] },
  {
    name: 'inline_data, 1 KiB',
    argv: ['-t', 'ext4', '-b', '1024', '-I', '1024', '-O', 'inline_data'],
  },
  { name: 'ea_inode', argv: ['-t', 'ext4', '-O', 'ea_inode'] },
  {
    name: 'ea_inode, inline_data',
    argv: ['-t', 'ext4', '-b', '1024', '-I', '256', '-O', 'ea_inode,inline_data'],
  },
  { name: 'casefold', argv: ['-t', 'ext4', '-O', 'casefold'], isRare: true },
  { name: 'large_dir', argv: ['-t', 'ext4', '-b', '1024', '-O', 'large_dir'] },
  { name: 'project', argv: ['-t', 'ext4', '-O', 'project,quota'] },
  { name: 'no filetype', argv: ['-t', 'ext4', '-O', '^filetype'] },
  { name: 'no dir_index', argv: ['-t', 'ext4', '-O', '^dir_index,^huge_file,^large_file'] },
  { name: 'verity, encrypt', argv: ['-t', 'ext4', '-O', 'verity,encrypt'], isRare: true },
  { name: 'mmp, orphan_file', argv: ['-t', 'ext4', '-O', 'mmp,orphan_file'] },
  { name: 'fast_commit', argv: ['-t', 'ext4', '-O', 'fast_commit'] },
  { name: '8 KiB', argv: ['-t', 'ext4', '-F', '-b', '8192'], isRare: true },
  { name: '64 KiB', argv: ['-t', 'ext4', '-F', '-b', '65536'], isRare: true },
  { name: '64 KiB, ext2', argv: ['-t', 'ext2', '-F', '-b', '65536'], isRare: true },
];
