import { requireDescriptor } from './arguments/model.ts';
import { checks } from './checks/index.ts';
import { createCollector } from './diagnostics/collector.ts';
import { diagnostic, type Diagnostic } from './diagnostics/diagnostic.ts';
import type { ReportFinding } from './diagnostics/report-finding.ts';
import { surveyGraph, type GraphSurvey } from './graph/build.ts';
import type { DiskDescriptor } from './model.ts';

/**
 * What is wrong with a descriptor as a whole, which the tool does not look at: it works on such a disk until it has
 * lost data. At most 10,000 findings and how many more there are. {@link parseDescriptor} reports the same, with places.
 */
export function checkDescriptor(descriptor: DiskDescriptor): readonly Diagnostic[] {
  requireDescriptor(descriptor);
  return findingsOf(descriptor, surveyGraph(descriptor));
}

/** {@link checkDescriptor} of a graph that has been surveyed. */
export function findingsOf(descriptor: DiskDescriptor, survey: GraphSurvey): readonly Diagnostic[] {
  const collector = createCollector();
  runChecks(descriptor, survey, (code, data) => {
    collector.add(code, () => diagnostic(code, data));
  });
  return collector.all();
}

/** Every check of a descriptor, in the order of the table. */
export function runChecks(
  descriptor: DiskDescriptor,
  survey: GraphSurvey,
  report: ReportFinding,
): void {
  for (const check of checks) check(descriptor, survey, report);
}
