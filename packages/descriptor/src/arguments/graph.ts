import { requireArgument } from './require.ts';
import { isRecord, type Rule } from './rules.ts';

const aGraph: Rule = {
  expected: 'a snapshot graph',
  fits: (value) =>
    isRecord(value) && Array.isArray(value['nodes']) && typeof value['chain'] === 'function',
};

/**
 * Refuses what is not a snapshot graph.
 *
 * @throws DescriptorError with code `OPTION_INVALID`.
 */
export function requireGraph(graph: unknown): void {
  requireArgument('graph', graph, aGraph);
}
