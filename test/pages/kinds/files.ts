import {
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { imageOf } from '../shape.ts';
import type { Kind } from './kind.ts';

/** Situations of files and of what lies beside them. */
export const fileKinds: readonly Kind[] = [
  {
    name: 'a missing image',
    make: ({ image }, level) => {
      rmSync(image(level));
    },
    code: 'DELTA_MISSING',
    opens: 'DELTA_MISSING',
  },
  {
    name: 'an image under the name of a copy',
    make: ({ image }, level) => {
      renameSync(image(level), `${image(level)}.part`);
    },
    code: 'DELTA_MISSING',
    beside: ['DELTA_ORPHANED'],
    says: /may be it/,
    opens: 'DELTA_MISSING',
  },
  {
    name: 'an image two directories up',
    make: ({ directory, image }, level) => {
      renameSync(image(level), join(directory, '..', basename(image(level))));
    },
    code: 'DELTA_MISSING',
    says: /in another directory, not opened/,
    opens: 'DELTA_MISSING',
  },
  {
    name: 'an empty image',
    make: ({ image }, level) => {
      truncateSync(image(level), 0);
    },
    code: 'HEADER_TOO_SHORT',
    opens: 'HEADER_TOO_SHORT',
  },
  {
    name: 'an image with a zeroed start',
    make: ({ patch }, level) => {
      patch(level, (bytes) => bytes.fill(0, 0, 4096));
    },
    code: 'HEADER_ZEROED',
    opens: 'HEADER_ZEROED',
  },
  {
    name: 'an image with two names',
    make: ({ directory, image }, level) => {
      linkSync(image(level), join(dirname(directory), 'second name'));
    },
    code: 'IMAGE_LINKED',
  },
  {
    name: 'an image that no descriptor names',
    make: ({ directory, shape }, level) => {
      writeFileSync(join(directory, 'root.hdd.{left}'), imageOf(shape, level));
    },
    code: 'DELTA_ORPHANED',
  },
  {
    name: 'a base that was written after its child',
    at: 'below',
    make: ({ image }, level) => {
      const later = Date.now() / 1000 + 3600 * (level + 1);
      utimesSync(image(level), later, later);
    },
    code: 'PARENT_NEWER',
  },
  {
    name: 'a large file beside',
    make: ({ directory }) => {
      writeFileSync(join(directory, 'notes.bin'), Buffer.alloc(1 << 20, 0x80));
    },
    code: 'FILES_BESIDE',
  },
  {
    name: 'a copy of the descriptor',
    make: ({ descriptor }) => {
      copyFileSync(descriptor, `${descriptor}.orig`);
    },
    code: 'DESCRIPTOR_COPY',
  },
  {
    name: 'a descriptor beside that names another file',
    make: ({ directory, descriptor, image }, level) => {
      copyFileSync(image(level), join(directory, 'other'));
      const xml = readFileSync(descriptor, 'utf8');
      const name = `<File>${basename(image(level))}<`;
      writeFileSync(`${descriptor}.copy`, xml.replace(name, '<File>other<'));
    },
    code: 'DESCRIPTOR_RIVAL',
  },
  {
    name: 'an empty prepared descriptor',
    make: ({ descriptor }) => {
      writeFileSync(`${descriptor}.tmp`, '');
    },
    code: 'OPERATION_INTERRUPTED',
    says: /which one is not known/,
  },
  {
    name: 'an empty descriptor with a good copy',
    make: ({ descriptor }) => {
      renameSync(descriptor, `${descriptor}.Backup`);
      writeFileSync(descriptor, '');
    },
    code: 'XML_EMPTY',
    beside: ['DESCRIPTOR_USABLE'],
    opens: 'XML_EMPTY',
  },
];
