import { diagnostic, DescriptorError } from '@ploop/descriptor';

import type { ExportOptions } from './export-options.ts';

/**
 * Whether the data of an image file are compressed.
 *
 * @throws DescriptorError `OPTION_INVALID` if the subformat is not one of the format, or contradicts `compress`.
 */
export function isCompressed({
  format,
  subformat,
  compress,
}: Pick<ExportOptions, 'format' | 'subformat' | 'compress'>): boolean {
  if (subformat === undefined) return compress ?? false;
  const isStream = subformat === 'streamOptimized';
  if (format === 'vmdk' && (isStream || compress !== true)) return isStream;
  const expected =
    format === 'vmdk'
      ? 'streamOptimized for compressed data'
      : "absent, as the format is not vmdk; --format vmdk (API: format: 'vmdk') has subformats";
  const data = { option: 'subformat', value: JSON.stringify(subformat), expected };
  throw new DescriptorError([diagnostic('OPTION_INVALID', data)]);
}
