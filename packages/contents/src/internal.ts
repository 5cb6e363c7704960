export type { SearchOptions } from './identify/identify.ts';
export { contentOn } from './identify/identify.ts';
