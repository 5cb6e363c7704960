import { buildGraph, parseDescriptor } from '../dist/index.js';

/** What is measured: bytes to model to graph. Gives the number of shots. */
export function parseAndBuild(bytes) {
  const { descriptor } = parseDescriptor(bytes);
  return descriptor === undefined ? 0 : buildGraph(descriptor).nodes.length;
}
