import { printable, type Diagnostic, type Severity } from '@ploop/descriptor';
import {
  checkDisk,
  type CheckDiskOptions,
  type DiskCheck,
  type DiskImageCheck,
} from '@ploop/offline';

import { volumesOf } from '../input/load.ts';
import { counted } from '../output/counted.ts';
import type { Answer } from '../output/answer.ts';
import { SEVERITIES } from '../output/findings.ts';

/**
 * Checks a disk and answers with all that was found.
 *
 * @throws DescriptorError if there is no disk at the path.
 */
export async function checkAnswer(path: string, options: CheckDiskOptions): Promise<Answer> {
  const check = await checkDisk(path, options);
  const { loaded, diagnostics, images } = check;
  return {
    findings: diagnostics,
    text: loaded.descriptor === undefined ? undefined : [summary(check, options.deep === true)],
    json: {
      path: loaded.path,
      accepted: loaded.accepted,
      deep: options.deep === true,
      images: images.map(imageJson),
      volumes: volumesOf(loaded),
    },
    isAboutFindings: true,
  };
}

function summary({ loaded, diagnostics, images }: DiskCheck, deep: boolean): string {
  const counts = SEVERITIES.map((severity) => countOf(diagnostics, severity)).join(', ');
  const parents = loaded.parents?.length ?? 0;
  const volumes = counted(parents, 'parent volume');
  const above = parents === 0 ? '' : `, those of ${volumes} included,`;
  const checked = `${counted(images.length, 'image')}${above}`;
  const [table, header] =
    images.length === 1
      ? ['its block allocation table', 'its header']
      : ['their block allocation tables', 'their headers'];
  const how = deep ? `with ${table}` : `by ${header}`;
  return `${printable(loaded.path)}: ${checked} checked ${how}: ${counts}`;
}

function countOf(diagnostics: readonly Diagnostic[], severity: Severity): string {
  const count = diagnostics.filter((finding) => finding.severity === severity).length;
  return counted(count, severity === 'info' ? 'note' : severity);
}

function imageJson({ guid, disk, file, description, usage }: DiskImageCheck): object {
  const { format, fileBytes } = description;
  const common = {
    guid,
    ...(disk === undefined ? {} : { disk }),
    ...{ file, format, fileBytes },
    ...(usage === undefined ? {} : { usage }),
  };
  if (format !== 'ploop') return common;
  const { version, blockSize, size, mark } = description;
  return { ...common, version, blockSize, size, mark: mark.text, state: mark.state };
}
