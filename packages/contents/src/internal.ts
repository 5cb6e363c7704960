export type { SearchOptions } from './identify/peek.ts';
export { contentOn } from './identify/peek.ts';
