import { descriptorXml } from '@ploop/test-kit';
import fc from 'fast-check';

import { declarations } from './doctypes.ts';

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

/** An element that holds others, tag names and all. */
const CONTAINERS = ['Disk_Parameters', 'StorageData', 'Storage', 'Snapshots', 'Image', 'Shot'];

function onContainer(change: (source: string, whole: string, odd: string) => string): Mutation {
  return (source, at, odd) => {
    const name = CONTAINERS[at % CONTAINERS.length] ?? '';
    const found = [...source.matchAll(new RegExp(`<${name}>[^]*?</${name}>`, 'g'))];
    const whole = found[(at >>> 3) % Math.max(1, found.length)]?.[0];
    return whole === undefined ? source : change(source, whole, odd);
  };
}

/** Puts something after, before or into a tag, whichever the number says. */
function atTag(put: (tag: string, odd: string) => string): Mutation {
  return (source, at, odd) => {
    const tags = [...source.matchAll(/<[^>]*>/g)];
    const tag = tags[at % Math.max(1, tags.length)];
    if (tag === undefined) return source;
    const changed = put(tag[0], odd);
    return source.slice(0, tag.index) + changed + source.slice(tag.index + tag[0].length);
  };
}

const GUIDS = /\{[0-9a-fA-F-]{36}\}/g;

/** Gives a GUID the value of another one: dangling parents, cycles, doubles, other tops. */
const swapGuid: Mutation = (source, at) => {
  const guids = [...source.matchAll(GUIDS)];
  const one = guids[at % Math.max(1, guids.length)];
  const other = guids[(at >>> 4) % Math.max(1, guids.length)];
  if (one === undefined || other === undefined) return source;
  const value = at % 7 === 0 ? other[0].toUpperCase() : other[0];
  return source.slice(0, one.index) + value + source.slice(one.index + one[0].length);
};

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
  onContainer((source, whole) => source.replace(whole, '')),
  onContainer((source, whole) => source.replace(whole, whole + whole)),
  onContainer((source, whole, odd) => source.replace(whole, odd + whole)),
  onContainer((source, whole, odd) => source.replace(whole, whole + odd)),
  onContainer((source, whole) =>
    source.replace(whole, '').replace('</Snapshots>', `</Snapshots>${whole}`),
  ),
  onContainer((source, whole) =>
    source.replace(whole, '').replace('<StorageData>', `${whole}<StorageData>`),
  ),
  onContainer((source, whole) => source.replace(whole, `<!-- ${whole} -->`)),
  onContainer((source, whole) => source.replace(whole, `<![CDATA[${whole}]]>`)),
  onContainer((source, whole) => source.replace(whole, `<Wrapped>${whole}</Wrapped>`)),
  onContainer((source, whole) => source.replace(whole, whole.replace(/></g, '>\n\t<'))),
  atTag((tag, odd) => tag + odd),
  atTag((tag, odd) => odd + tag),
  atTag((tag) => tag.replace(/(\/?>)$/, ' x="1" y=\'&lt;\' $1')),
  atTag((tag) => tag.replace(/(\/?>)$/, ' x="1" x="2"$1')),
  atTag((tag) => tag.replace(/(\/?>)$/, ' x="&e;" xml:space="preserve" xmlns="u"$1')),
  atTag((tag) => tag.replace('>', ' >')),
  atTag((tag) => tag.replace('<', '< ')),
  atTag((tag) => tag.replace('>', '/>')),
  swapGuid,
  swapGuid,
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
      "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n<!-- by hand -->",
      '<?xml version="1.0" ?><!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY e "v"><!ATTLIST Image xmlns:q CDATA "u">]>',
    ),
    declared: fc.option(declarations, { freq: 4 }),
    root: fc.constantFrom('Parallels_disk_image', 'Virtuozzo_disk_image', 'p:x'),
  })
  .map(({ parents, head, declared, root }) => {
    const nodes = parents.map((parent, index) => (index === 0 ? {} : { parent: parent % index }));
    const prolog = declared === null ? head : `<?xml version="1.0"?>${declared}`;
    return descriptorXml(nodes)
      .replace('<?xml version="1.0"?>', () => prolog)
      .replace('<Parallels_disk_image>', '<Parallels_disk_image xmlns:p="u">')
      .replaceAll('Parallels_disk_image', root)
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

/** One of the ways in which an editor or a copy changes the bytes of a text, most of them harmless. */
const FORMS: readonly ((text: string) => Uint8Array)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(text.replaceAll('\n', '\r\n')),
  (text) => Buffer.from(text.replaceAll('\n', '\r')),
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  (text) => Buffer.concat([Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.of(0x0a)]),
  (text) => Buffer.from(text, 'latin1'),
  ...[
    'ISO-8859-1',
    'windows-1251',
    'KOI8-R',
    'us-ascii',
    'GBK',
    'UTF-16',
    'FOO',
    'ISO-8859-15',
  ].flatMap((encoding) => [
    (text: string) => Buffer.from(declareAs(encoding, text), 'latin1'),
    (text: string) => Buffer.from(`\uFEFF${declareAs(encoding, text)}`, 'utf16le'),
  ]),
  (text) => Buffer.from(`\n${text}`),
  (text) => Buffer.from(`${text}\0<`),
  (text) => Buffer.from(`${text}\n<!-- end --><?p?>\n`),
  (text) => Buffer.from(text.slice(0, -3)),
];

function declareAs(encoding: string, text: string): string {
  const declared = text.replace(/^<\?xml[^>]*\?>/, `<?xml version="1.0" encoding="${encoding}"?>`);
  // Of GBK only ASCII is read: what the tool says of the rest is not known here.
  return encoding === 'GBK' ? declared.replace(/[^\0-\x7f]/g, 'x') : declared;
}

/** {@link mutants} as bytes, in one of many encodings and line ends. */
export const mutantBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(mutants, fc.constantFrom(...FORMS), fc.boolean())
  .map(([text, form, isPlain]) => (isPlain ? Buffer.from(text) : form(text)));
