import type { ExportFormat } from './export-format.ts';
import { QCOW2 } from './qcow2.ts';
import { RAW } from './raw.ts';
import { VHDX } from './vhdx.ts';
import { VMDK } from './vmdk.ts';

/** The formats of exports. */
export const EXPORT_FORMATS = [RAW, QCOW2, VMDK, VHDX] as const satisfies readonly ExportFormat[];

/** The name of a format of exports. */
export type ExportFormatName = (typeof EXPORT_FORMATS)[number]['name'];

/** The row of a name. */
export function exportFormat(name: ExportFormatName): ExportFormat {
  return EXPORT_FORMATS.find((format) => format.name === name) ?? RAW;
}
