export { HEADER_BYTES, parseImageHeader } from './header.ts';
export type { HeaderResult, ImageHeader } from './header.ts';
