import type { CommandRow } from '../command.ts';

/** Every subcommand, in the order of the help. Loaded when it runs: a start reads the code of one command only. */
export const commands: readonly CommandRow[] = [
  {
    name: 'show',
    summary: 'show a disk: size, snapshots, images, file systems',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'tree',
    summary: 'draw the snapshot graph, base first',
    load: async () => (await import('./tree.ts')).tree,
  },
  {
    name: 'top',
    summary: 'print the path of the top delta, which the disk writes to',
    load: async () => (await import('./top.ts')).top,
  },
  {
    name: 'images',
    summary: 'print the paths of the files that make up a snapshot, base first',
    load: async () => (await import('./images.ts')).images,
  },
  {
    name: 'partitions',
    summary: 'list the partitions of a disk, and the file systems on them',
    load: async () => (await import('./partitions.ts')).partitions,
  },
  {
    name: 'ls',
    summary: 'list files of a snapshot',
    load: async () => (await import('./ls.ts')).ls,
  },
  {
    name: 'stat',
    summary: 'show what a file system says of a file',
    load: async () => (await import('./stat.ts')).stat,
  },
  {
    name: 'cat',
    summary: 'print files of a snapshot',
    load: async () => (await import('./cat.ts')).cat,
  },
  {
    name: 'cp',
    summary: 'copy files of a snapshot to this machine',
    load: async () => (await import('./cp.ts')).cp,
  },
  {
    name: 'tar',
    summary: 'write files of a snapshot as a tar archive',
    load: async () => (await import('./tar.ts')).tar,
  },
  {
    name: 'check',
    summary: 'check descriptors, their directories and their images, and change nothing',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'explain',
    summary: 'print what a finding means, what the tool does, and how to mend it',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'space',
    summary: 'show how much space a disk takes, and how much can be freed',
    load: async () => (await import('./space.ts')).space,
  },
  {
    name: 'scan',
    summary: 'check every disk below directories, and list them',
    load: async () => (await import('./scan.ts')).scan,
  },
  {
    name: 'plan',
    summary: 'predict what a change would do to a disk, or why it would be refused, and do nothing',
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'map',
    summary: 'show which image holds each part of a snapshot',
    load: async () => (await import('./map.ts')).map,
  },
  {
    name: 'diff',
    summary: 'list the parts of a disk in which two snapshots can differ, without reading data',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'export',
    summary: 'write the content of a snapshot as a raw disk',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'backup',
    summary: 'keep snapshots in a repository, each image once',
    load: async () => (await import('./backup.ts')).backup,
  },
  {
    name: 'nbd',
    summary: 'serve snapshots to NBD clients such as QEMU, without changing the disk',
    load: async () => (await import('./nbd.ts')).nbd,
  },
  {
    name: 'recover',
    summary: 'find out which descriptor the images of a directory had',
    load: async () => (await import('./recover.ts')).recover,
  },
  {
    name: 'qemu',
    summary: 'print command lines with which QEMU reads a snapshot, quoted for a shell',
    load: async () => (await import('./qemu.ts')).qemu,
  },
];
