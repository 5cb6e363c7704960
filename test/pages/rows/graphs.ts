import { testGuid } from '../../../packages/test-kit/src/index.ts';
import type { Disk } from '../disk.ts';
import type { Row } from '../row.ts';
import { topOf } from '../by-hand.ts';
import { TOP } from '../shape.ts';

const OTHER = '{b0000000-0000-4000-8000-000000000001}';
const FRESH = '{c0000000-0000-4000-8000-000000000002}';
const NIL = '{00000000-0000-0000-0000-000000000000}';
const below = ({ shape }: Disk): number => shape.files.length - 2;

/** Exchanges GUIDs in the descriptor. */
const renamed =
  (...pairs: readonly (readonly [from: string, to: string])[]) =>
  (xml: string): string => {
    const names = new Map(pairs);
    return xml.replace(/\{[0-9a-f-]{36}\}/gi, (guid) => names.get(guid) ?? guid);
  };

/** Hangs a shot on another one. */
const asParent =
  (disk: Disk, level: number, parent: string) =>
  (xml: string): string =>
    xml.replace(
      new RegExp(`(<Shot><GUID>${disk.guid(level)}</GUID><ParentGUID>)[^<]*`),
      `$1${parent}`,
    );

/** Takes out the Shot of an image. */
const withoutShot =
  (disk: Disk, level: number) =>
  (xml: string): string =>
    xml.replace(new RegExp(`\\s*<Shot><GUID>${disk.guid(level)}</GUID>.*?</Shot>`), '');
/** Writes it again. */
const withShot =
  (levelOf: (disk: Disk) => number) =>
  (disk: Disk): void => {
    const level = levelOf(disk);
    const shot = `<Shot><GUID>${disk.guid(level)}</GUID><ParentGUID>${disk.guid(level - 1)}</ParentGUID></Shot>`;
    disk.edit((xml) => xml.replace('</Snapshots>', `${shot}</Snapshots>`));
  };

/** Exchanges the files of the top and of the image below it in the descriptor. */
const exchange = (disk: Disk): void => {
  const [lower = '', upper = ''] = disk.shape.files.slice(-2);
  const names = new Map([
    [`<File>${lower}<`, `<File>${upper}<`],
    [`<File>${upper}<`, `<File>${lower}<`],
  ]);
  disk.edit((xml) => xml.replace(/<File>[^<]*</g, (file) => names.get(file) ?? file));
};

/** Marks the snapshot below the top as temporary. */
const marked = (disk: Disk): void => {
  disk.edit((xml) =>
    xml.replace(
      new RegExp(`(<Shot><GUID>${disk.guid(below(disk))}</GUID>.*?)</Shot>`),
      '$1<Temporary/></Shot>',
    ),
  );
};

/** Defects of the graph of snapshots. */
export const graphRows: readonly Row[] = [
  {
    page: 'SHOT_LOST',
    beside: ['SHOT_ASSUMED'],
    hint: /Without a backup, write ParentGUID/,
    make: (disk) => {
      disk.edit(withoutShot(disk, topOf(disk)));
    },
    tries: [
      {
        command: 'ploop snapshot DiskDescriptor.xml',
        exit: 0,
        ...{ like: 'healthy', data: 'lost' },
      },
      { command: 'ploop-inspect check --deep', run: 'ploop-inspect check --deep DIR', exit: 1 },
    ],
    mends: [{ steps: [withShot(topOf)] }],
  },
  {
    page: 'SHOT_LOST',
    beside: ['SHOT_ASSUMED'],
    make: (disk) => {
      disk.edit(withoutShot(disk, below(disk)));
    },
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 38 }],
    mends: [{ steps: [withShot(below)] }],
  },
  {
    page: 'FILES_EXCHANGED',
    shape: {
      files: [
        'root.hds',
        `root.hds.0.${testGuid(1)}.hds`,
        `root.hds.0.{5fbaabe3-6958-40ff-92a7-860e329aab41}.hds`,
      ],
    },
    hint: /Let no command change the disk/,
    make: exchange,
    tries: [
      {
        command: 'ploop-inspect check --deep',
        run: 'ploop-inspect check --deep DIR',
        says: /the two were exchanged in the descriptor, or the files were renamed/,
        exit: 1,
      },
      { run: 'ploop snapshot-merge DiskDescriptor.xml', like: 'healthy', data: 'lost' },
    ],
    mends: [{ steps: [exchange] }],
  },
  {
    page: 'OLD_FORMAT',
    hint: /Keep a copy of the descriptor/,
    make: (disk) => {
      disk.edit(renamed([TOP, OTHER]));
    },
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 38 }],
    mends: [
      {
        steps: [{ command: 'ploop convert -f expanded DiskDescriptor.xml' }],
        like: 'found',
        was: { [TOP]: OTHER },
      },
    ],
  },
  {
    page: 'OLD_FORMAT',
    hint: /^Take no snapshot/,
    make: (disk) => {
      disk.edit(renamed([TOP, OTHER], [disk.guid(below(disk)), TOP]));
    },
    tries: [
      { command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml', exit: 38 },
      {
        command: 'ploop snapshot-switch',
        run: ({ guid }) => `ploop snapshot-switch -u ${guid(0)} DiskDescriptor.xml`,
        exit: 38,
      },
      { run: 'ploop convert -f expanded DiskDescriptor.xml', exit: 255 },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            disk.edit(renamed([TOP, FRESH]));
          },
          { command: 'ploop convert -f expanded DiskDescriptor.xml' },
        ],
        like: 'found',
        was: { [TOP]: OTHER, [FRESH]: TOP },
      },
    ],
  },
  {
    page: 'TOP_WITH_CHILDREN',
    hint: /`ploop snapshot DiskDescriptor.xml` on the unmounted copy/,
    make: (disk) => {
      const guid = disk.guid(below(disk));
      disk.edit((xml) =>
        renamed([TOP, guid], [guid, TOP])(xml).replace(`<TopGUID>${guid}`, `<TopGUID>${TOP}`),
      );
    },
    tries: [
      {
        command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml',
        run: 'ploop snapshot-delete -u TOP DiskDescriptor.xml',
        ...{ data: 'lost', finds: 'TOP_GUID_UNKNOWN' },
      },
    ],
    mends: [{ steps: [{ command: 'ploop snapshot DiskDescriptor.xml' }], like: 'found' }],
  },
  {
    page: 'TOP_GUID_CASE',
    make: (disk) => {
      disk.edit(renamed([TOP, TOP.toUpperCase()]));
    },
    tries: [
      {
        run: 'ploop snapshot-switch -u TOP DiskDescriptor.xml',
        data: 'any',
        finds: 'PARENT_CYCLE',
      },
      { run: 'ploop snapshot-delete -u TOP DiskDescriptor.xml', data: 'lost' },
    ],
    mends: [
      {
        steps: [
          (disk) => {
            disk.edit(renamed([TOP.toUpperCase(), TOP]));
          },
        ],
      },
    ],
  },
  {
    page: 'BACKUP_OF_TOP',
    finds: [],
    make: () => undefined,
    tries: [{ command: 'ploop snapshot', run: 'ploop snapshot DiskDescriptor.xml' }],
  },
  {
    page: 'SHOT_UNKNOWN',
    finds: [],
    make: () => undefined,
    tries: [
      { command: 'ploop snapshot-list DiskDescriptor.xml', says: /root\.hdd/ },
      { run: `ploop snapshot-delete -u ${OTHER} DiskDescriptor.xml`, exit: 43 },
      { run: `ploop snapshot-switch -u ${OTHER} DiskDescriptor.xml`, exit: 38 },
      { command: 'mount -u', run: `ploop mount -u ${OTHER} DiskDescriptor.xml`, exit: 43 },
    ],
  },
  {
    page: 'SNAPSHOT_AMBIGUOUS',
    finds: [],
    make: () => undefined,
    tries: [
      { run: 'ploop-inspect export DIR --snapshot a --output out.raw', exit: 2 },
      {
        command: 'ploop-inspect show DISK',
        run: 'ploop-inspect show DIR',
        says: /^\{a0000000-0000-4000-8000-000000000001\}/m,
      },
    ],
  },
  {
    page: 'TEMPORARY_SNAPSHOT',
    make: marked,
    tries: [{ command: 'ploop list -a', run: 'ploop -v-1 list -a', says: /^$/ }],
    mends: [{ steps: [{ command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml' }] }],
  },
  {
    page: 'DEAD_BRANCH',
    make: (disk) => {
      disk.edit(asParent(disk, topOf(disk), disk.guid(0)));
    },
    mends: [
      {
        steps: [{ command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml' }],
        like: 'found',
      },
    ],
  },
  {
    page: 'DEAD_BRANCH',
    finds: ['SEVERAL_BASES'],
    make: (disk) => {
      disk.edit(asParent(disk, topOf(disk), disk.guid(0)));
      disk.edit(asParent(disk, below(disk), NIL));
    },
    tries: [{ run: 'ploop snapshot-delete -u GUID DiskDescriptor.xml', exit: 38 }],
  },
  {
    page: 'SNAPSHOTS_LEFT',
    shape: {
      levels: [[0, 1], ...Array.from({ length: 117 }, () => [])],
      files: Array.from({ length: 118 }, (_, level) => `d${String(level)}`),
    },
    make: () => undefined,
    tries: [{ command: 'ploop snapshot-delete -u GUID DiskDescriptor.xml' }],
  },
  {
    page: 'GUID_DUPLICATE',
    beside: ['SHOT_WITHOUT_IMAGE'],
    make: (disk) => {
      disk.edit((xml) =>
        xml.replace(`<Image><GUID>${disk.guid(1)}`, `<Image><GUID>${disk.guid(0)}`),
      );
    },
    tries: [
      { command: 'ploop check DiskDescriptor.xml', exit: 39, data: 'any' },
      {
        command: 'ploop snapshot',
        run: 'ploop snapshot DiskDescriptor.xml',
        exit: 38,
        data: 'any',
      },
    ],
  },
  {
    page: 'GUID_DUPLICATE',
    beside: ['DEAD_BRANCH'],
    make: (disk) => {
      disk.edit((xml) => xml.replaceAll(disk.guid(1), disk.guid(0)));
    },
    tries: [{ run: 'ploop check DiskDescriptor.xml', exit: 0, data: 'any' }],
  },
];
