import { NIL_GUID, TOP_GUID } from '@ploop/descriptor';

/** What a descriptor has to say of images that have none. */
interface DescribedFiles {
  /** Base first. */
  readonly files: readonly { readonly file: string; readonly isRaw: boolean }[];
  readonly sectors: number;
  readonly blockSize: number;
}

/** The descriptor that release 9 makes up for a chain of images that has none: each image is a snapshot. */
export function aloneDescriptor({ files, sectors, blockSize }: DescribedFiles): string {
  const images = files.map(
    ({ file, isRaw }, index) =>
      `<Image><GUID>${guidOf(index)}</GUID><Type>${isRaw ? 'Plain' : 'Compressed'}</Type><File>${escaped(file)}</File></Image>`,
  );
  const shots = files.map(
    (_, index) =>
      `<Shot><GUID>${guidOf(index)}</GUID><ParentGUID>${index === 0 ? NIL_GUID : guidOf(index - 1)}</ParentGUID></Shot>`,
  );
  const size = String(sectors);
  return `<?xml version="1.0"?>
<Parallels_disk_image Version="1.0">
  <Disk_Parameters><Disk_size>${size}</Disk_size><Cylinders>${String(Math.ceil(sectors / 512))}</Cylinders><Heads>16</Heads><Sectors>32</Sectors></Disk_Parameters>
  <StorageData><Storage><Start>0</Start><End>${size}</End><Blocksize>${String(blockSize)}</Blocksize>
    ${images.join('\n    ')}
  </Storage></StorageData>
  <Snapshots><TopGUID>${guidOf(files.length - 1)}</TopGUID>
    ${shots.join('\n    ')}
  </Snapshots>
</Parallels_disk_image>
`;
}

/** The GUIDs of release 9: by the place of an image in the chain. */
function guidOf(index: number): string {
  if (index === 0) return TOP_GUID;
  return `{5fbaabe3-cafe-b03a-4a4a-4a0e329aab${index.toString(16).padStart(2, '0')}}`;
}

function escaped(file: string): string {
  return file.replace(/[^ -~]|[&<>]/gu, (one) => `&#${String(one.codePointAt(0))};`);
}
