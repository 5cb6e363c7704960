export { renderDot } from './dot.ts';
export { renderMermaid } from './mermaid.ts';
export { renderSvg } from './svg.ts';
export type { SvgOptions } from './svg.ts';
export { renderTextTree } from './text-tree.ts';
export type { TextTreeOptions } from './text-tree.ts';
