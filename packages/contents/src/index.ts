export type { FileSystem, FollowOptions, Path } from './file-system.ts';
export { bytesOfName, escapedName, nameOfBytes, unescapedName } from './names/checked.ts';
export { openFileSystem } from './open-file-system.ts';
export type { OpenFileSystemOptions } from './open-file-system.ts';
export type { FileExtent, OpenFile } from './tree/open-file.ts';
export type { FileStat, FileType, Timestamp } from './tree/stat.ts';
export type { Entry, Xattr } from './tree/tree.ts';
export type { WalkEntry } from './tree/walk.ts';
