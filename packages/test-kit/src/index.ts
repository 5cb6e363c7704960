export { descriptorXml, testGuid } from './descriptor-xml.ts';
export { imageBytes } from './image-bytes.ts';
export type { HeaderFields } from './image-bytes.ts';
export type { NodeXml } from './descriptor-xml.ts';
export { hasSshd, hasSudo, SSHD } from './remote.ts';
export { sample } from './sample.ts';
export { temporaryDirectory } from './temporary-directory.ts';
export { absentCalls, wrongCalls } from './wrong-values.ts';
export { hasTool } from './tool.ts';
