// Parses one hostile document of a given size, and prints by how many bytes the process grew for it.
import { parseDescriptor } from '@ploop/descriptor';

const GUID = '{a0000000-0000-4000-8000-000000000001}';
const [name, mebibytes] = process.argv.slice(2);
const LENGTH = Number(mebibytes) * 1024 * 1024;
/** Below the limit of one text, comment or start tag. */
const PART = Math.min(LENGTH, 9_900_000);

const fill = (unit, length = LENGTH) => unit.repeat(Math.ceil(length / unit.length));
const parts = (start, unit, end) => fill(start + fill(unit, PART) + end);
const numbered = (one, length) => {
  let text = '';
  for (let index = 0; text.length < length; index += 1) text += one(index);
  return text;
};
const within = { parameters: '', storage: '', snapshots: '', prolog: '' };
const documents = {
  digits: { whole: fill('1') },
  'digits of a size': { parameters: `<Disk_size>${fill('1', PART)}</Disk_size>` },
  'digits of many sizes': { parameters: fill('<Disk_size>18446744073709551615</Disk_size>') },
  'one text': { parameters: `<x>${fill('x')}</x>` },
  'large texts': { parameters: parts('<x>', 'x', '</x>') },
  'large attributes': { parameters: parts('<x a="', 'x', '"/>') },
  'many attributes': {
    parameters: `<x ${numbered((index) => `a${index}="" `, PART)}/>${fill('<x/>', LENGTH - PART)}`,
  },
  'large comments': { parameters: parts('<!--', 'x', '-->') },
  'many comments': { parameters: fill('<!---->') },
  'large CDATA': { parameters: parts('<![CDATA[', 'x', ']]>') },
  'tiny elements': { parameters: fill('<x/>') },
  'tiny texts': { parameters: fill('<x>1</x>') },
  'deep elements': { parameters: fill('<x>'.repeat(200) + '</x>'.repeat(200)) },
  'elements too deep': { parameters: fill('<x>') },
  entities: { parameters: fill('<x>&amp;&#65;</x>') },
  'distinct tags': { parameters: numbered((index) => `<t${index}/>`, LENGTH) },
  images: { storage: fill(`<Image><GUID>${GUID}</GUID><File>x</File></Image>`) },
  'empty images': { storage: fill('<Image/>') },
  shots: { snapshots: fill(`<Shot><GUID>${GUID}</GUID><ParentGUID>${GUID}</ParentGUID></Shot>`) },
  'empty shots': { snapshots: fill('<Shot/>') },
  instructions: { parameters: fill('<?p?>') },
  declarations: { prolog: `<!DOCTYPE a [${fill('<!ENTITY e "v">')}]>` },
  spaces: { parameters: fill(' \n') },
  'start tags': { whole: fill('<') },
  zeros: { whole: fill('\0') },
};

if (name === undefined) {
  console.log(JSON.stringify(Object.keys(documents)));
} else {
  const { whole, parameters, storage, snapshots, prolog } = { ...within, ...documents[name] };
  const text =
    whole ??
    `<?xml version="1.0"?>${prolog}<a><Disk_Parameters>${parameters}<Disk_size>2048</Disk_size></Disk_Parameters><StorageData><Storage><Blocksize>2048</Blocksize>${storage}</Storage></StorageData><Snapshots>${snapshots}</Snapshots></a>`;
  const source = Buffer.from(text).subarray(0, 64 * 1024 * 1024);
  const before = process.memoryUsage.rss();
  parseDescriptor(source);
  console.log(
    JSON.stringify({ bytes: source.length, grown: process.resourceUsage().maxRSS * 1024 - before }),
  );
}
