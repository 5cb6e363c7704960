import { NIL_GUID, sameGuid } from '../guid.ts';
import type { DesktopEncryption, DiskDescriptor, Geometry } from '../model.ts';
import { sectorsPerTrack } from '../serialize.ts';
import { sectors, type Sectors } from '../units.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { low32, parseUnsigned } from '../xml/number.ts';
import type { Report } from './report.ts';

/** What `Disk_Parameters` holds. */
export type DecodedParameters = Pick<
  DiskDescriptor,
  'size' | 'geometry' | 'maxDeltaSize' | 'encryptionKeyId' | 'desktopEncryption'
>;

/** `Disk_Parameters`. A size that is not a number is 0 for the tool, which says nothing of it. */
export function decodeDiskParameters(root: XmlElement, report: Report): DecodedParameters {
  const parameters = child(root, 'Disk_Parameters');
  if (parameters === undefined) report('DISK_PARAMETERS_MISSING', {}, root);
  const number = (name: string): bigint => parseUnsigned(child(parameters, name)?.text ?? '') ?? 0n;
  const size = decodeSize(child(parameters, 'Disk_size'), report);
  const geometry = { cylinders: low32(number('Cylinders')), heads: low32(number('Heads')) };
  reportGeometry(size, geometry, child(parameters, 'Sectors'), report);
  const maxDeltaSize = Number(number('Max_delta_size'));
  const encryption = child(parameters, 'Encryption');
  const encryptionKeyId = child(encryption, 'KeyId')?.text;
  const desktopEncryption = decodeDesktop(encryption);
  return {
    size,
    geometry,
    ...(maxDeltaSize > 0 && { maxDeltaSize }),
    ...(encryptionKeyId !== undefined && { encryptionKeyId }),
    ...(desktopEncryption !== undefined && { desktopEncryption }),
  };
}

/** Reports a geometry that the tool did not compute and whose product is not the disk size. GEOMETRY_ZERO covers zeros. */
function reportGeometry(
  size: Sectors,
  { cylinders, heads }: Geometry,
  element: XmlElement | undefined,
  report: Report,
): void {
  const perTrack = parseUnsigned(element?.text ?? '');
  const tracks = BigInt(cylinders) * BigInt(heads);
  if (size === 0 || element === undefined || perTrack === undefined || tracks === 0n) return;
  const product = tracks * perTrack;
  const isComputed = perTrack === BigInt(sectorsPerTrack(size, { cylinders, heads }));
  if (isComputed || product === BigInt(size)) return;
  const sectors = String(perTrack);
  report(
    'GEOMETRY_INEXACT',
    { cylinders, heads, sectors, product: String(product), size },
    element,
  );
}

/** An engine that is nil, or not there, encrypts nothing; any other text is taken for an engine. */
function decodeDesktop(encryption: XmlElement | undefined): DesktopEncryption | undefined {
  const engine = child(encryption, 'Engine')?.text;
  const name = engine?.trim() ?? '';
  if (engine === undefined || name === '' || sameGuid(name, NIL_GUID)) return undefined;
  const [data, salt] = [child(encryption, 'Data')?.text, child(encryption, 'Salt')?.text];
  return { engine, ...(data !== undefined && { data }), ...(salt !== undefined && { salt }) };
}

function decodeSize(element: XmlElement | undefined, report: Report): Sectors {
  if (element === undefined) return sectors(0);
  const text = element.text ?? '';
  const size = parseUnsigned(text);
  if (size === undefined) {
    report('DISK_SIZE_UNREADABLE', { text }, element);
    return sectors(0);
  }
  if (size > Number.MAX_SAFE_INTEGER) report('DISK_SIZE_INEXACT', { text }, element);
  return sectors(Number(size));
}
