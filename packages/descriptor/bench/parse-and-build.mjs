import { parseDescriptor } from '../dist/index.js';

/** What is measured: bytes to model to graph. Gives the number of shots. */
export function parseAndBuild(bytes) {
  return parseDescriptor(bytes).graph?.nodes.length ?? 0;
}
