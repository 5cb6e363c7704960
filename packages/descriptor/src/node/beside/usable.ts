import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { FileLook } from './look.ts';

/**
 * The finding about another descriptor that the tool would accept, if that of the disk is of no use.
 *
 * @param files - Absolute paths of all files of the directory.
 */
export function usableDescriptor(
  { file, isEscaped, descriptor, modified }: FileLook,
  files: ReadonlySet<string>,
): Diagnostic | undefined {
  if (descriptor?.accepted !== true) return undefined;
  const names = new Set(descriptor.images.map((image) => image.file));
  const missing = [...names].filter((name) => !files.has(name));
  return diagnostic('DESCRIPTOR_USABLE', {
    ...{ file, images: names.size, missing, modified },
    ...(isEscaped && { isEscaped }),
  });
}

/** {@link usableDescriptor} of all files of a directory but `file`. */
export function usableAmong(looks: readonly FileLook[], file?: string): readonly Diagnostic[] {
  // A descriptor names no file whose name is not UTF-8.
  const files = new Set(looks.filter((look) => !look.isEscaped).map((look) => look.file));
  const others = looks.filter((look) => look.isEscaped === true || look.file !== file);
  return others.flatMap((look) => usableDescriptor(look, files) ?? []);
}
