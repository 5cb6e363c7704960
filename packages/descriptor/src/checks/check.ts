import type { ReportFinding } from '../diagnostics/report-finding.ts';
import type { GraphSurvey } from '../graph/build.ts';
import type { Links } from '../graph/links.ts';
import { TOP_GUID } from '../guid.ts';
import type { DiskDescriptor } from '../model.ts';

/** One rule about a whole descriptor, beyond what the tool itself looks at. Takes time proportional to its size. */
export type Check = (
  descriptor: DiskDescriptor,
  survey: GraphSurvey,
  report: ReportFinding,
) => void;

/** Whether a shot without children that has the constant GUID of the top lies above another shot. */
export function hasConstantAbove(links: Links, shot: number): boolean {
  const constant = links.indexOf(TOP_GUID);
  if (constant === shot || links.children(constant).length > 0) return false;
  let at = constant;
  for (let steps = 0; at !== -1 && steps < links.nodes.length; steps += 1) {
    at = links.parents[at] ?? -1;
    if (at === shot) return at !== -1;
  }
  return false;
}
