import type { Disk } from '../disk.ts';
import type { Kind } from './kind.ts';

const NIL = '{00000000-0000-0000-0000-000000000000}';
const OTHER = '{b0000000-0000-4000-8000-000000000001}';

/** Takes the Image or the Shot of a level out of the descriptor. */
function without({ edit, guid }: Disk, element: 'Image' | 'Shot', level: number): void {
  edit((xml) =>
    xml.replace(new RegExp(`\\s*<${element}><GUID>${guid(level)}.*?</${element}>`, 's'), ''),
  );
}

/** Hangs the shot of a level on another one. */
function hang({ edit, guid }: Disk, level: number, parent: string): void {
  const shot = new RegExp(`(<Shot><GUID>${guid(level)}</GUID><ParentGUID>)[^<]*`);
  edit((xml) => xml.replace(shot, `$1${parent}`));
}

/** Situations of what a descriptor says. */
export const descriptorKinds: readonly Kind[] = [
  {
    name: 'a lost Image',
    make: (disk, level) => {
      without(disk, 'Image', level);
    },
    code: 'SHOT_WITHOUT_IMAGE',
    // A disk of one image has none left.
    beside: ['COUNT_MISMATCH', 'IMAGES_MISSING'],
    says: /may be it/,
    opens: 'SHOT_WITHOUT_IMAGE',
  },
  {
    name: 'a lost Shot',
    at: 'below',
    make: (disk, level) => {
      without(disk, 'Shot', level);
    },
    code: 'SHOT_LOST',
    beside: ['SHOT_ASSUMED'],
    opens: 'SHOT_LOST',
  },
  {
    name: 'the lost Shot of the top',
    at: 'top',
    make: (disk, level) => {
      without(disk, 'Shot', level);
    },
    code: 'SHOT_LOST',
    beside: ['SHOT_ASSUMED'],
  },
  {
    name: 'a TopGUID that no shot has',
    make: ({ edit }) => {
      edit((xml) => xml.replace(/(<TopGUID>)[^<]*/, `$1${OTHER}`));
    },
    code: 'TOP_GUID_UNKNOWN',
    opens: 'TOP_GUID_UNKNOWN',
  },
  {
    name: 'a parent that is not a shot',
    at: 'delta',
    make: (disk, level) => {
      hang(disk, level, OTHER);
    },
    code: 'PARENT_UNKNOWN',
    beside: ['TOP_WITH_CHILDREN'],
    opens: 'PARENT_UNKNOWN',
  },
  {
    name: 'a shot on itself',
    make: (disk, level) => {
      hang(disk, level, disk.guid(level));
    },
    code: 'PARENT_CYCLE',
    beside: ['TOP_WITH_CHILDREN'],
    opens: 'PARENT_CYCLE',
  },
  {
    name: 'a second base',
    at: 'delta',
    make: (disk, level) => {
      hang(disk, level, NIL);
    },
    code: 'SEVERAL_BASES',
  },
  {
    name: 'two images in one file',
    at: 'delta',
    make: ({ edit, shape }, level) => {
      const [from = '', to = ''] = [shape.files[level], shape.files[level - 1]];
      edit((xml) => xml.replace(`<File>${from}<`, `<File>${to}<`));
    },
    code: 'FILE_DUPLICATE',
    beside: ['DELTA_ORPHANED'],
  },
  {
    name: 'a snapshot that a backup left',
    at: 'below',
    make: ({ edit, guid }, level) => {
      const shot = new RegExp(`(<Shot><GUID>${guid(level)}</GUID>.*?)</Shot>`);
      edit((xml) => xml.replace(shot, '$1<Temporary/></Shot>'));
    },
    code: 'TEMPORARY_SNAPSHOT',
  },
  {
    name: 'another Disk_size',
    make: ({ edit }) => {
      edit((xml) => xml.replace(/(<Disk_size>)[^<]*/, '$164'));
    },
    code: 'DISK_SIZE_DIFFERS',
  },
  {
    name: 'capitals in the GUID of a snapshot, its file or its parent',
    at: 'below',
    make: ({ edit, guid }, level) => {
      const parts = ['Image', 'Shot', 'ParentGUID'];
      const kept = parts[level % (parts.length + 1)];
      edit((xml) => {
        const raised = xml.replaceAll(guid(level), guid(level).toUpperCase());
        const place = kept === 'ParentGUID' ? '<ParentGUID>' : `<${kept ?? 'none'}><GUID>`;
        return raised.replace(`${place}${guid(level).toUpperCase()}`, `${place}${guid(level)}`);
      });
    },
    code: 'GUID_CASE',
  },
  {
    name: 'capitals in the TopGUID, or in the GUID of the top everywhere',
    at: 'top',
    make: ({ edit, guid }, level) => {
      const raise = (text: string): string =>
        text.replaceAll(guid(level), guid(level).toUpperCase());
      edit((xml) => (level % 2 === 0 ? raise(xml) : xml.replace(/<TopGUID>.*?</, raise)));
    },
    code: 'TOP_GUID_CASE',
    says: /has capitals|is spelled/,
  },
  {
    name: 'a file that is named in capitals, or whose name has lost them',
    make: ({ edit, shape }, level) => {
      const file = shape.files[level] ?? '';
      const capitals = file.toUpperCase();
      const other = file === capitals ? file.toLowerCase() : capitals;
      edit((xml) => xml.replace(`<File>${file}<`, () => `<File>${other}<`));
    },
    code: 'DELTA_MISSING',
    beside: ['DELTA_ORPHANED'],
    says: /may be it \(same name in other letters/,
    opens: 'DELTA_MISSING',
  },
  {
    name: 'a document type',
    make: ({ edit }) => {
      edit((xml) => xml.replace('?>', '?><!DOCTYPE a SYSTEM "/etc/hostname">'));
    },
    code: 'DOCUMENT_TYPE',
  },
];
