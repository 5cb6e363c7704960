import {
  guidKey,
  NIL_GUID,
  parseGuid,
  sectors,
  TOP_GUID,
  type DiskDescriptor,
  type Guid,
} from '../src/index.ts';
import type { Plan } from '../src/plan/index.ts';

/** A GUID for each letter a to f, in the case of the letter; `T` and `TT` the top in either case, `-` none. */
export function guidOf(name: string): Guid {
  const text = `{${name.repeat(8)}-0000-4000-8000-000000000000}`;
  const fixed: Record<string, string> = { T: TOP_GUID, TT: TOP_GUID.toUpperCase(), '-': NIL_GUID };
  const guid = parseGuid(fixed[name] ?? text);
  if (guid === undefined) throw new TypeError(`no GUID is named ${name}`);
  return guid;
}

const names = new Map(
  ['-', 'T', 'TT', ...Array.from('abcdefABCDEF')].map((name) => [String(guidOf(name)), name]),
);
const nameOf = (guid: string): string => names.get(guid) ?? guid;

/** A disk of shots as `name:file<parent`, a star after the name of a temporary one. The top is `T`. */
export function diskOf(text: string, topGuid: Guid = TOP_GUID): DiskDescriptor {
  const nodes = text.split(' ').map((word) => {
    const [, name = '', star, file = '', parent = ''] = /^(\w+)(\*?):(\S+)<(\S+)$/.exec(word) ?? [];
    return { guid: guidOf(name), temporary: star === '*', file, parentGuid: guidOf(parent) };
  });
  return {
    root: 'Parallels_disk_image',
    size: sectors(2048),
    blockSize: sectors(64),
    mode: 'expanded',
    geometry: { cylinders: 400, heads: 16 },
    topGuid,
    images: nodes.map(({ guid, file }) => ({ guid, type: 'Compressed', file })),
    shots: nodes.map(({ guid, parentGuid, temporary }) => ({ guid, parentGuid, temporary })),
  };
}

/** A disk in the notation of {@link diskOf}; GUIDs in names of files as their letters. */
function drawn({ images, shots }: DiskDescriptor): string {
  const words = shots.map(({ guid, parentGuid, temporary }) => {
    const image = images.find((one) => guidKey(one.guid) === guidKey(guid));
    const star = temporary ? '*' : '';
    return `${nameOf(guid)}${star}:${shortened(image?.file ?? '?')}<${nameOf(parentGuid)}`;
  });
  return words.join(' ');
}

/** What a plan comes to, one line each. */
export function summaryOf({ descriptor, actions, outcome, refusals, warnings }: Plan): {
  readonly outcome: string;
  readonly after: string;
  readonly actions: string;
  readonly warnings: string;
} {
  const steps = actions.map((step) => Object.values(step).map(shortened).join(' '));
  return {
    outcome: [outcome, ...refusals.map(({ code }) => code)].join(' '),
    after: drawn(descriptor),
    actions: steps.join(', '),
    warnings: warnings.map(({ code, guids }) => [code, ...guids.map(nameOf)].join(' ')).join(', '),
  };
}

function shortened(file: string): string {
  return file.replace(/\{[^{}]*\}/g, nameOf);
}
