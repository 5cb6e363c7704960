/** One mount, a line of mountinfo. */
export interface MountEntry {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the file system's device. */
  readonly number: string;
  /** The part of the file system that is mounted: `/`, or a directory for a bind mount. */
  readonly root: string;
  readonly mountPoint: string;
  readonly source: string;
  /** Of the file system: `ext4`, `fuse.vstorage`. */
  readonly type: string;
}

/** Lines of mountinfo; other lines are left out. */
export function parseMountinfo(text: string): readonly MountEntry[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const [id = '', parentId = '', number = '', root = '', mountPoint = ''] = fields;
    const dash = fields.indexOf('-', 6);
    const type = fields[dash + 1];
    const source = fields[dash + 2];
    if (dash < 0 || type === undefined || source === undefined || !/^\d+:\d+$/.test(number))
      return [];
    return {
      id: Number(id),
      parentId: Number(parentId),
      number,
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      source: unescapeOctal(source),
      type,
    };
  });
}

/**
 * The mounts of `some` that can be reached by their mount points: nothing else is mounted over them or over a directory
 * on the way to them.
 */
export function visibleMounts(
  all: readonly MountEntry[],
  some: readonly MountEntry[],
): readonly MountEntry[] {
  if (some.length === 0) return [];
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  const byParent = new Map<number, MountEntry[]>();
  for (const entry of all) {
    const siblings = byParent.get(entry.parentId);
    if (siblings === undefined) byParent.set(entry.parentId, [entry]);
    else siblings.push(entry);
  }
  return some.filter((entry) => {
    let below: MountEntry | undefined;
    const seen = new Set<number>();
    for (
      let at: MountEntry | undefined = entry;
      at !== undefined && !seen.has(at.id);
      at = byId.get(at.parentId)
    ) {
      seen.add(at.id);
      const hiding = byParent
        .get(at.id)
        ?.some(
          (other) =>
            other !== below && other !== at && isOnTheWay(other.mountPoint, entry.mountPoint),
        );
      if (hiding === true) return false;
      below = at;
    }
    return true;
  });
}

/** Whether who looks up `path` passes through `place`. */
function isOnTheWay(place: string, path: string): boolean {
  return place === path || place === '/' || path.startsWith(`${place}/`);
}

/**
 * Where a path is, whatever its name: the file system and the path in that. Bind mounts of one directory give the same
 * place; `undefined` where no mount has the path.
 */
export function placeOf(entries: readonly MountEntry[], path: string): string | undefined {
  const mount = mountOf(entries, path);
  if (mount === undefined) return undefined;
  const { mountPoint, number, root } = mount;
  const below = mountPoint === '/' ? path : path.slice(mountPoint.length);
  return `${number} ${root === '/' ? '' : root}${below}`;
}

/** The mount that a path is on; of several at one place the last one is seen. */
export function mountOf(entries: readonly MountEntry[], path: string): MountEntry | undefined {
  let best: MountEntry | undefined;
  for (const entry of entries)
    if (
      isOnTheWay(entry.mountPoint, path) &&
      entry.mountPoint.length >= (best?.mountPoint.length ?? 0)
    )
      best = entry;
  return best;
}

/** The kernel writes blanks, tabs, line ends and backslashes as three octal digits. */
function unescapeOctal(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
