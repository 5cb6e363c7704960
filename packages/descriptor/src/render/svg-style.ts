interface Palette {
  readonly page: string;
  readonly box: string;
  readonly line: string;
  readonly text: string;
  readonly faint: string;
  readonly top: string;
  readonly damage: string;
}

const LIGHT: Palette = {
  page: '#ffffff',
  box: '#f6f8fa',
  line: '#59636e',
  text: '#1f2328',
  faint: '#636c76',
  top: '#0969da',
  damage: '#cf222e',
};
const DARK: Palette = {
  page: '#0d1117',
  box: '#161b22',
  line: '#9198a1',
  text: '#f0f6fc',
  faint: '#8b949e',
  top: '#58a6ff',
  damage: '#ff7b72',
};

/** Every selector begins with the class of the document: a page may hold the drawing among other things. */
const SHAPES = `
.ploop-tree text { font: 12px "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
.ploop-tree text:first-of-type { font-weight: bold; }
.ploop-tree .link { fill: none; stroke-width: 1.5; }
.ploop-tree .link.dead { stroke-dasharray: 2 3; }
.ploop-tree .top rect { stroke-width: 3; }
.ploop-tree .temporary rect { stroke-dasharray: 6 4; }`;

const colours = ({ page, box, line, text, faint, top, damage }: Palette): string => `
.ploop-tree .page { fill: ${page}; }
.ploop-tree .shot rect { fill: ${box}; stroke: ${line}; }
.ploop-tree .shot text { fill: ${text}; }
.ploop-tree .link { stroke: ${line}; }
.ploop-tree .dead rect, .ploop-tree .link.dead { stroke: ${faint}; stroke-opacity: 0.5; }
.ploop-tree .dead text { fill: ${faint}; }
.ploop-tree .top rect { stroke: ${top}; }
.ploop-tree .damaged rect { stroke: ${damage}; stroke-opacity: 1; }
.ploop-tree .damaged text:last-of-type { fill: ${damage}; }`;

/** How an SVG drawing looks, on light and on dark screens. */
export const SVG_STYLE = `${SHAPES}${colours(LIGHT)}
@media (prefers-color-scheme: dark) {${colours(DARK)}
}
`;
