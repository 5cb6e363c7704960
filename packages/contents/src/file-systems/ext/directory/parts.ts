import type { Findings } from '../../../findings/findings.ts';
import type { InlineData } from '../attributes/inline-data.ts';
import type { Base } from '../base.ts';
import type { ContentMap } from '../data/content.ts';

/** What reading directories needs. */
export interface DirectoryParts extends Base {
  readonly findings: Findings;
  readonly contentMap: ContentMap;
  readonly inlineData: InlineData;
}
