import { flag } from '../argv/options.ts';
import type { Command } from '../command.ts';

/** Input of `ploop list`. */
export interface ListInput {
  /** Lists mount points (releases before 8.0.25 only; later ones report none). Paths with blanks cannot be read then. */
  readonly mountPoints?: boolean | undefined;
  /** Lists every image of a device, not its first alone (8.0.25 and later). */
  readonly allImages?: boolean | undefined;
}

/** One device as `ploop list` reports it. */
export interface ListRow {
  /** The name of the device without its directory: `ploop0`. */
  readonly device: string;
  /** The base image; with `allImages` every one, as the tool orders them. */
  readonly images: readonly string[];
  readonly mountPoint: string | undefined;
  /** As the tool keeps it: temporary snapshots have a tilde before. */
  readonly component: string | undefined;
}

// 8.0.25, 9.0.30: "ploop49271\t/p/root.hdd\tbackup", with -f then "\t\t/p/root.hdd.{…}"
const TABBED = /^([^\s/]+)\t(\/[^\t]*)(?:\t([^\t]*))?$/;
const FURTHER = /^\t\t(\/[^\t]*)$/;
// 1.15:         "ploop0       /p/root.hdd  backup"
// 1.15 with -a: "ploop0       /p/root.hdd /mnt backup"
const NAME_WIDTH = 12;

/**
 * `ploop list`: the devices that carry images. Takes no lock. Exit codes: 1 sysfs cannot be read, 5 no device-mapper
 * (9). Line breaks in names cannot be distinguished from further rows: what matters is to be looked up in sysfs.
 */
export const list: Command<ListInput, readonly ListRow[]> = {
  name: 'list',
  verbosity: -1,
  mutates: false,
  argv: ({ mountPoints, allImages }) => [...flag('-a', mountPoints), ...flag('-f', allImages)],
  parse: (stdout, { mountPoints }) => {
    const expected = { expected: 'rows of device, image, mount point and component name' };
    if (stdout !== '' && !stdout.endsWith('\n')) return expected;
    const rows: ListRow[] = [];
    for (const line of stdout.split('\n').slice(0, -1)) {
      const [, image] = FURTHER.exec(line) ?? [];
      const last = rows.at(-1);
      if (image !== undefined && last !== undefined) {
        rows[rows.length - 1] = { ...last, images: [...last.images, image] };
        continue;
      }
      const row = parseRow(line, mountPoints === true);
      if (row === undefined) return expected;
      rows.push(row);
    }
    return { value: rows };
  },
};

function parseRow(line: string, withMountPoint: boolean): ListRow | undefined {
  const [, tabbed, first, name] = TABBED.exec(line) ?? [];
  if (tabbed !== undefined && first !== undefined)
    return { device: tabbed, images: [first], mountPoint: undefined, component: orNone(name) };
  const device = line.split(' ', 1)[0] ?? '';
  const padding = `${device.padEnd(NAME_WIDTH)} `;
  if (device === '' || device.includes('/') || !line.startsWith(padding)) return undefined;
  const rest = line.slice(padding.length);
  const columns = withMountPoint ? rest.split(' ') : splitOnce(rest);
  const [image, mountPoint, component] = columns;
  const isRow = columns.length === 3 && image?.startsWith('/') === true && !image.endsWith(' ');
  if (!isRow || component?.startsWith(' ') !== false) return undefined;
  return { device, images: [image], mountPoint: orNone(mountPoint), component: orNone(component) };
}

/** Without mount points two blanks stand between image and name: names that hold two cannot be distinguished. */
function splitOnce(text: string): readonly string[] {
  const parts = text.split('  ');
  return parts.length === 2 ? [parts[0] ?? '', '', parts[1] ?? ''] : [];
}

function orNone(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
