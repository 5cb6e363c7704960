import { basename, dirname } from 'node:path';

import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TOP_GUID } from '../guid.ts';
import { parseImageHeader, HEADER_BYTES, type ImageHeader } from '../image-header/header.ts';
import { parseDescriptor } from '../parse.ts';
import { resolveFile } from '../resolve-file.ts';
import type { Steps } from '../steps.ts';
import { looksIn } from './beside/given-path.ts';
import { DELTA_NAME } from './beside/orphan.ts';
import { readStart } from './files.ts';
import { identityOf } from './identity.ts';
import type { LoadedDescriptor } from './load-descriptor.ts';
import { readable } from './readable.ts';

/** Whether a disk is an image that was given without a descriptor: its path is that of the image. */
export function isLoneImage({ descriptor, path, directory }: LoadedDescriptor): boolean {
  const [image, ...more] = descriptor?.images ?? [];
  return image !== undefined && more.length === 0 && resolveFile(directory, image.file) === path;
}

/**
 * The only image that findings about a path name, read as a disk of one image, as steps; `undefined` if they name none
 * or several, or a descriptor that is to be read instead.
 */
export function* loneImageOf(findings: readonly Diagnostic[]): Steps<LoadedDescriptor | undefined> {
  for (const { code, data } of findings) {
    if (code === 'PATH_NOT_DESCRIPTOR' && data.kind === 'image of ploop' && data.named !== true)
      return yield* loneImageAt(data.file, data.descriptor);
    if (code !== 'DESCRIPTOR_MISSING' || findings.length > 1) continue;
    // Another directory was given.
    if (data.disks.length > 0 || data.below !== undefined) continue;
    const [image, ...more] = data.images;
    if (image?.version !== undefined && more.length === 0) return yield* loneImageAt(image.file);
  }
  return undefined;
}

function* loneImageAt(file: string, descriptor?: string): Steps<LoadedDescriptor | undefined> {
  const { bytes, stats } = yield* readable(file, readStart(file, HEADER_BYTES));
  const { header } = parseImageHeader(bytes, file);
  if (header === undefined) return undefined;
  const directory = dirname(file);
  const looks = yield* looksIn(directory);
  const others = looks.filter((look) => look.isImage === true && look.file !== file).length;
  const isDelta = DELTA_NAME.test(basename(file)) && !file.includes(TOP_GUID);
  const isSuspect = isDelta || others > 0;
  const beside = descriptor === undefined ? {} : { descriptor };
  const only = !isSuspect && descriptor === undefined ? { only: true as const } : {};
  const { version, statedSize: sectors } = header;
  const suspect = { file, others, ...(isDelta && { named: 'delta' as const }), ...beside };
  const diagnostics = [
    diagnostic('IMAGE_ALONE', { file, version, sectors, ...beside, ...only }),
    ...(isSuspect ? [diagnostic('IMAGE_MAYBE_DELTA', suspect)] : []),
  ];
  const parsed = parseDescriptor(descriptorOf(basename(file), header));
  return { ...parsed, diagnostics, path: file, directory, identity: identityOf(stats) };
}

function descriptorOf(name: string, { blockSize, statedSize }: ImageHeader): string {
  const file = name.replace(/[^ -~]|[&<>]/gu, (one) => `&#${String(one.codePointAt(0))};`);
  return `<?xml version="1.0"?>
<Parallels_disk_image Version="1.0">
  <Disk_Parameters><Disk_size>${String(statedSize)}</Disk_size><Cylinders>${String(Math.ceil(statedSize / 512))}</Cylinders><Heads>16</Heads><Sectors>32</Sectors></Disk_Parameters>
  <StorageData><Storage><Start>0</Start><End>${String(statedSize)}</End><Blocksize>${String(blockSize)}</Blocksize>
    <Image><GUID>${TOP_GUID}</GUID><Type>Compressed</Type><File>${file}</File></Image>
  </Storage></StorageData>
  <Snapshots><TopGUID>${TOP_GUID}</TopGUID>
    <Shot><GUID>${TOP_GUID}</GUID><ParentGUID>{00000000-0000-0000-0000-000000000000}</ParentGUID></Shot>
  </Snapshots>
</Parallels_disk_image>
`;
}
