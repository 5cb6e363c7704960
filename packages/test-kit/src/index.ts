export { descriptorXml, testGuid } from './descriptor-xml.ts';
export type { NodeXml } from './descriptor-xml.ts';
export { sample } from './sample.ts';
export { temporaryDirectory } from './temporary-directory.ts';
export { hasTool } from './tool.ts';
