import { dirname, resolve } from 'node:path';

import { diagnostic, DescriptorError } from '@ploop/descriptor';

/**
 * The path of a file that an image names, as QEMU resolves it: relative to the directory of the image.
 *
 * @throws DescriptorError with code `IMAGE_UNSUPPORTED` if the name is not that of a file: `json:…`, `nbd://…`.
 */
export function backingPath(name: string, image: string): string {
  const [, protocol, rest = ''] = /^([^/:]+):(.*)$/s.exec(name) ?? [];
  if (protocol === 'file') return resolve(dirname(image), rest.replace(/^\/\/(?=\/)/, ''));
  if (protocol === undefined) return resolve(dirname(image), name);
  const feature = `the file "${name}"`;
  throw new DescriptorError([
    diagnostic('IMAGE_UNSUPPORTED', { file: image, format: 'qcow2', feature }),
  ]);
}
