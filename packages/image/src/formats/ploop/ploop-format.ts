import { versionOf, type Steps } from '@ploop/descriptor/internal';

import type { DescribedImage, ImageFormat } from '../image-format.ts';
import { checkPloop } from './check/check-ploop.ts';
import { readExtension } from './extension/extension.ts';
import { BAT_START } from './layout.ts';
import { openPloop } from './open-ploop.ts';
import type { DescribedPloop } from './ploop-description.ts';
import { parsePloopHeader } from './ploop-header.ts';

/** Images of ploop, version 1 and 2. */
export const PLOOP: ImageFormat = {
  name: 'ploop',
  probe: (start) => start.length >= BAT_START && versionOf(start) !== undefined,
  describe: function* (source, start, depth): Steps<DescribedImage> {
    const described = parsePloopHeader(start, versionOf(start) ?? 1, source);
    const extension =
      depth === 'all' ? yield* readExtension(source, described.description) : undefined;
    const all: DescribedPloop =
      extension === undefined
        ? described
        : {
            description: { ...described.description, extension: extension.extension },
            diagnostics: [...described.diagnostics, ...extension.diagnostics],
          };
    return {
      ...all,
      open: () => openPloop(source, all),
      check: (options) => checkPloop(source, all, options),
    };
  },
};
