/** What PATH can be, for the help of the subcommands. */
export const PATH_HELP =
  'DiskDescriptor.xml, the directory that holds it, or an image that no descriptor names';
