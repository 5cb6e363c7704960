// Who may import what. One row a layer; a later row wins where its files overlap with an earlier one.
const BRANDS = [
  'bytes',
  'isClusterSize',
  'NIL_GUID',
  'parseGuid',
  'sameGuid',
  'SECTOR_SIZE',
  'sectors',
  'toBytes',
  'toSectors',
  'TOP_GUID',
];
const NODE = 'node:(?!child_process|cluster|worker_threads)[a-z_/]+';

/** `imports`: patterns of module names, besides relative ones. `never`: patterns that stay forbidden anyway. */
export const layers = [
  {
    name: 'the core of @ploop/descriptor runs in a browser',
    files: ['packages/descriptor/src/**/*.ts'],
    imports: [],
    never: ['(^|/)node/'],
  },
  {
    name: 'one file for each kind of document knows saxes',
    files: ['packages/descriptor/src/{xml/gate,containers/read-events}.ts'],
    imports: ['saxes'],
    never: ['(^|/)node/'],
  },
  {
    name: 'one file knows fast-xml-parser',
    files: ['packages/descriptor/src/xml/read.ts'],
    imports: ['fast-xml-parser'],
    never: ['(^|/)node/'],
  },
  {
    name: 'one file knows d3-hierarchy',
    files: ['packages/descriptor/src/render/svg.ts'],
    imports: ['d3-hierarchy'],
    never: ['(^|/)node/'],
  },
  {
    name: 'the node entry of @ploop/descriptor reads files and runs nothing',
    files: ['packages/descriptor/src/node/**/*.ts'],
    imports: [NODE],
  },
  {
    name: '@ploop/image runs in a browser',
    files: ['packages/image/src/**/*.ts'],
    imports: ['@ploop/descriptor(/(arguments|internal|plan))?'],
  },
  {
    name: 'one file knows @noble/hashes',
    files: ['packages/image/src/formats/ploop/extension/md5.ts'],
    imports: ['@noble/hashes/legacy.js'],
  },
  {
    name: 'one file knows fflate',
    files: ['packages/image/src/formats/qcow2/decode/deflate.ts'],
    imports: ['fflate', '@ploop/descriptor/internal'],
  },
  {
    name: 'one file knows fzstd',
    files: ['packages/image/src/formats/qcow2/decode/zstd.ts'],
    imports: ['fzstd', '@ploop/descriptor/internal'],
  },
  {
    name: '@ploop/contents runs in a browser',
    files: ['packages/contents/src/**/*.ts'],
    imports: ['@ploop/descriptor(/(arguments|internal))?'],
  },
  {
    name: '@ploop/offline reads files and runs nothing',
    files: ['packages/offline/src/**/*.ts'],
    imports: [
      '@ploop/descriptor(/(arguments|containers|edit|internal|node|node/internal|plan|releases|volume))?',
      '@ploop/(image|contents)(/internal)?',
      NODE,
    ],
  },
  {
    name: 'one file knows threads',
    files: ['packages/offline/src/export/lanes.ts'],
    imports: ['node:worker_threads', NODE],
  },
  {
    name: '@ploop/runner takes types, brands, rules for arguments and facts about releases from @ploop/descriptor',
    files: ['packages/runner/src/**/*.ts'],
    imports: ['@ploop/descriptor(/(arguments|releases))?', NODE],
    names: { '@ploop/descriptor': BRANDS },
  },
  {
    name: 'one directory of @ploop/runner reads descriptors, to see what a run did',
    files: ['packages/runner/src/effect/**/*.ts'],
    imports: ['@ploop/descriptor(/releases)?', NODE],
    names: {
      '@ploop/descriptor': [...BRANDS, 'MAX_DESCRIPTOR_BYTES', 'parseDescriptor', 'resolveFile'],
    },
  },
  {
    name: 'one directory of @ploop/runner plans, to see what a run would do',
    files: ['packages/runner/src/harm/**/*.ts'],
    imports: ['@ploop/descriptor(/(plan|releases))?', NODE],
    names: { '@ploop/descriptor': BRANDS },
  },
  {
    name: 'the simulated tool plans, and changes images',
    files: ['packages/runner/src/testing/**/*.ts'],
    imports: ['@ploop/descriptor(/(internal|plan|releases))?', '@ploop/image(/internal)?', NODE],
  },
  {
    name: 'one file knows execa',
    files: ['packages/runner/src/exec/exec.ts'],
    imports: ['execa', NODE],
  },
  {
    name: 'one file knows p-limit',
    files: ['packages/runner/src/lock/exclusive.ts'],
    imports: ['p-limit', NODE],
  },
  {
    name: 'ploop starts processes through @ploop/runner alone',
    files: ['packages/ploop/src/**/*.ts'],
    imports: [
      '@ploop/descriptor(/(arguments|edit|internal|node|node/internal|plan|releases|render|volume))?',
      '@ploop/(image|offline)(/internal)?',
      '@ploop/contents',
      '@ploop/runner',
      NODE,
    ],
  },
  {
    name: 'ploop-inspect works offline',
    files: ['apps/inspect/src/**/*.ts'],
    imports: [
      '@ploop/descriptor(/(containers|edit|node|plan|render|volume))?',
      '@ploop/(contents|image|offline)',
      '@commander-js/extra-typings',
      'pretty-bytes',
      NODE,
    ],
  },
  {
    name: 'one file knows string-width',
    files: ['apps/inspect/src/output/table.ts'],
    imports: ['@ploop/descriptor', 'string-width'],
  },
  {
    name: 'the table of commands loads those of its directory when they run',
    files: ['apps/inspect/src/commands/index.ts'],
    imports: [],
    loadsLater: true,
  },
  {
    name: 'one file knows cli-progress',
    files: ['apps/inspect/src/output/progress-bar.ts'],
    imports: ['cli-progress', 'pretty-bytes'],
  },
  {
    name: 'the examples use what users use',
    files: ['apps/examples/src/**/*.ts'],
    imports: ['ploop', NODE],
  },
];

const TESTS = ['**/*.test.ts'];

/** Methods that are tempting to call with a list of whatever length as arguments. */
const SPREAD_INTO = ['push', 'unshift', 'splice', 'max', 'min', 'concat'];

const toConfig = ({ name, files, imports, never = [], names = {}, loadsLater = false }) => ({
  name: `layer: ${name}`,
  files,
  ignores: TESTS,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: `^(?!\\.{1,2}/|(?:${['(?!)', ...imports].join('|')})$)`, message: name },
          ...never.map((regex) => ({ regex, message: name })),
          ...Object.entries(names).map(([module, allowImportNames]) => ({
            regex: `^${module}$`,
            allowImportNames,
            allowTypeImports: true,
            message: name,
          })),
        ],
      },
    ],
    'no-restricted-syntax': [
      'error',
      {
        selector: loadsLater ? 'ImportExpression[source.value!=/^\\.\\//]' : 'ImportExpression',
        message: 'Import statically: the layers must be visible.',
      },
      { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
      { selector: 'ExportDefaultDeclaration', message: 'Give the export a name.' },
      {
        selector: `CallExpression[callee.property.name=/^(?:${SPREAD_INTO.join('|')})$/] > SpreadElement`,
        message: 'Use a loop: a list of 100,000 items does not fit on the stack.',
      },
    ],
  },
});

export const layerConfigs = layers.map(toConfig);
