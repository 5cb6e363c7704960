export { append } from '../append.ts';
export { readerOf } from '../image/read-at.ts';
export type { Reader } from '../image/read-at.ts';
export { crc32c, CRC_START, updateCrc32c } from '../peek/crc.ts';
export { extFacts, extFlaw } from '../peek/ext.ts';
export { exactly, fixedText, uuidOf, viewOf } from '../peek/fields.ts';
export { fileSystemIn } from '../peek/read-file-system.ts';
export { perform, runAsync, runEagerly } from '../steps.ts';
export type { Step, Steps } from '../steps.ts';
