import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { FileLook } from './look.ts';

/**
 * The finding about another descriptor that the tool would accept, if that of the disk is of no use.
 *
 * @param files - Absolute paths of all files of the directory.
 */
export function usableDescriptor(
  { file, descriptor, modified }: FileLook,
  files: ReadonlySet<string>,
): Diagnostic | undefined {
  if (descriptor?.accepted !== true) return undefined;
  const names = new Set(descriptor.images.map((image) => image.file));
  const missing = [...names].filter((name) => !files.has(name));
  return diagnostic('DESCRIPTOR_USABLE', { file, images: names.size, missing, modified });
}
