import type { Subject } from './checks/check.ts';
import { checks } from './checks/index.ts';
import { diagnostic, type Diagnostic, type Position } from './diagnostics/diagnostic.ts';
import { buildGraph } from './graph/build.ts';
import type { DiskDescriptor } from './model.ts';

/**
 * What is wrong with a descriptor as a whole, which the tool does not look at: it works on such a disk until it has
 * lost data. {@link parseDescriptor} reports the same, with places.
 *
 * @param locate - Where in a document the subject of a finding is.
 */
export function checkDescriptor(
  descriptor: DiskDescriptor,
  locate: (subject: Subject) => Position | undefined = () => undefined,
): readonly Diagnostic[] {
  const graph = buildGraph(descriptor);
  const diagnostics: Diagnostic[] = [];
  for (const check of checks)
    check(descriptor, graph, (code, data, subject) => {
      diagnostics.push(diagnostic(code, data, subject && locate(subject)));
    });
  return diagnostics;
}
