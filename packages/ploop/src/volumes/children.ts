/** Where a volume's directory has a symlink to the directory of each volume that hangs on it. */
export const CHILDREN = 'children';
