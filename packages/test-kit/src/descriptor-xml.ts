const NIL = '{00000000-0000-0000-0000-000000000000}';
const TOP = '{5fbaabe3-6958-40ff-92a7-860e329aab41}';

/** One image and its shot; `parent` is an index into the list, absent for a base. */
export interface NodeXml {
  readonly guid?: string;
  readonly parent?: number;
  readonly parentGuid?: string;
  readonly file?: string;
  /** XML inside `Shot`, after ParentGUID. */
  readonly extra?: string;
}

/** The GUID of the n-th node where the test does not care. */
export function testGuid(index: number): string {
  return `{a0000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}}`;
}

/** A descriptor of the given nodes; the last one is the top unless `top` says otherwise. */
export function descriptorXml(
  nodes: readonly NodeXml[],
  {
    top,
    blockSize = '2048',
    size = '204800',
  }: { top?: number; blockSize?: string; size?: string } = {},
): string {
  const topIndex = top ?? nodes.length - 1;
  const guidOf = (index: number): string =>
    nodes[index]?.guid ?? (index === topIndex ? TOP : testGuid(index));
  const images = nodes.map(
    (node, index) =>
      `<Image><GUID>${guidOf(index)}</GUID><Type>Compressed</Type><File>${node.file ?? `d${String(index)}`}</File></Image>`,
  );
  const shots = nodes.map((node, index) => {
    const parent = node.parentGuid ?? (node.parent === undefined ? NIL : guidOf(node.parent));
    return `<Shot><GUID>${guidOf(index)}</GUID><ParentGUID>${parent}</ParentGUID>${node.extra ?? ''}</Shot>`;
  });
  return `<?xml version="1.0"?>
<Parallels_disk_image>
  <Disk_Parameters><Disk_size>${size}</Disk_size><Cylinders>400</Cylinders><Heads>16</Heads></Disk_Parameters>
  <StorageData><Storage><Blocksize>${blockSize}</Blocksize>
${images.join('\n')}
  </Storage></StorageData>
  <Snapshots><TopGUID>${guidOf(topIndex)}</TopGUID>
${shots.join('\n')}
  </Snapshots>
</Parallels_disk_image>
`;
}
