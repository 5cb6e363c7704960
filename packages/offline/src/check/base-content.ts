import { contentOn } from '@ploop/contents/internal';
import { diagnostic, type Diagnostic } from '@ploop/descriptor';
import { readerOf, type ImageSource, type ContentType, runAsync } from '@ploop/descriptor/internal';

/** Something on a bare disk that ends behind the end of its file. */
export interface CutContent {
  /** What it is; a partition if it was not recognised. */
  readonly type: ContentType | undefined;
  /** Where it ends, in bytes. */
  readonly end: number;
}

/** What is on a bare disk as its own state and reaches farthest behind the end of its file. */
export async function cutContent(source: ImageSource): Promise<CutContent | undefined> {
  const { diagnostics } = await runAsync(contentOn(readerOf(source), source.bytes));
  return diagnostics
    .flatMap(({ code, data }): readonly CutContent[] => {
      if (code === 'FILE_SYSTEM_TRUNCATED')
        return [{ type: data.type, end: data.start + data.size }];
      if (code === 'PARTITION_TRUNCATED')
        return [{ type: data.type, end: data.start + data.length }];
      return [];
    })
    .toSorted((one, other) => other.end - one.end)[0];
}

/** The findings about a base; one that is shorter than the disk was cut off if its own state says so. */
export function withCutBase(
  findings: readonly Diagnostic[],
  cut: CutContent | undefined,
): readonly Diagnostic[] {
  if (cut === undefined) return findings;
  const { type, end } = cut;
  return findings.map((finding) => {
    if (finding.code !== 'BASE_SHORTER') return finding;
    const { file, bytes } = finding.data;
    const lost = end - bytes;
    return diagnostic('BASE_TRUNCATED', { file, bytes, end, lost, ...(type && { type }) });
  });
}
