import { descriptorXml } from '@ploop/test-kit';
import fc from 'fast-check';

/** A change to a text, at a place chosen by a number. */
type Mutation = (source: string, at: number, odd: string) => string;

const LEAF = /<(\w+)>[^<]*<\/\1>/g;

function onLeaf(change: (leaf: string, name: string, odd: string) => string): Mutation {
  return (source, at, odd) => {
    const leaves = [...source.matchAll(LEAF)];
    const leaf = leaves[at % Math.max(1, leaves.length)];
    if (leaf === undefined) return source;
    const changed = change(leaf[0], leaf[1] ?? '', odd);
    return source.slice(0, leaf.index) + changed + source.slice(leaf.index + leaf[0].length);
  };
}

const MUTATIONS: readonly Mutation[] = [
  onLeaf((_leaf, name, odd) => `<${name}>${odd}</${name}>`),
  onLeaf((leaf, _name, odd) => leaf.replace('>', `>${odd}`)),
  onLeaf((leaf, _name, odd) => leaf.replace('</', `${odd}</`)),
  onLeaf((leaf, _name, odd) => leaf + odd),
  onLeaf(() => ''),
  onLeaf((leaf) => leaf + leaf),
  onLeaf((leaf, name) => leaf.replaceAll(name, name.toLowerCase())),
  onLeaf((leaf, name) => leaf.replaceAll(name, `q:${name}`)),
  onLeaf((leaf, name) => leaf.replaceAll(name, `p:${name}`)),
  onLeaf((leaf) => leaf.toUpperCase()),
  (source, at) => source.slice(0, at % source.length) + source.slice((at % source.length) + 1),
  (source, at, odd) => source.slice(0, at % source.length) + odd + source.slice(at % source.length),
];

/** Makes the elements around it too long to be read at once. */
const LONG = 'x'.repeat(70_000);

const ODD: readonly string[] = [
  `<!--${LONG}-->`,
  `<x>${LONG}</x>`,
  '',
  ' ',
  '\n',
  'x',
  '0',
  '1',
  '2',
  '64',
  '0x800',
  '04000',
  '08',
  '-1',
  '+4096',
  '99999999999999999999',
  '4294969344',
  '63',
  '262144',
  'Plain',
  'Compressed',
  '<x/>',
  '<!-- c -->',
  '<![CDATA[y]]>',
  '<?p "?>',
  '&e;',
  '&amp;',
  '&#65;',
  '&nope;',
  '&',
  '<',
  ']]>',
  '--',
  '\u0001',
  '\0',
  'é',
  '\u{1F4BE}',
  '..',
  '/abs',
  '{00000000-0000-0000-0000-000000000000}',
  '{5fbaabe3-6958-40ff-92a7-860e329aab41}',
  '{5FBAABE3-6958-40FF-92A7-860E329AAB41}',
  '{a0000000-0000-4000-8000-000000000000}',
  '{}',
  '<Temporary/>',
  '<Preallocated>1</Preallocated>',
  '<Storage/>',
  '<Shot/>',
  '<Image/>',
  '<!DOCTYPE a>',
];

const healthy: fc.Arbitrary<string> = fc
  .record({
    parents: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
    head: fc.constantFrom(
      '<?xml version="1.0"?>',
      '',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "v"><!-- \' --><?p "?>]>',
    ),
  })
  .map(({ parents, head }) => {
    const nodes = parents.map((parent, index) => (index === 0 ? {} : { parent: parent % index }));
    return descriptorXml(nodes)
      .replace('<?xml version="1.0"?>', head)
      .replace('<Parallels_disk_image>', '<Parallels_disk_image xmlns:p="u">')
      .trimStart();
  });

/** Descriptors with none to three faults, most of them of a kind that the tool has an opinion about. */
export const mutants: fc.Arbitrary<string> = fc
  .record({
    source: healthy,
    steps: fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat(), fc.constantFrom(...ODD)), {
      maxLength: 3,
    }),
  })
  .map(({ source, steps }) =>
    steps.reduce((text, [mutate, at, odd]) => mutate(text, at, odd), source),
  );
