import { child, type XmlElement } from '../xml/element.ts';

/** Elements of `Disk_Parameters` that Parallels products write and the tool does not. */
const MARKS = ['UID', 'Miscellaneous', 'PhysicalSectorSize', 'LogicSectorSize'];

/** Whether a Parallels product wrote a descriptor: it has elements that no release of the tool writes. */
export function isOfParallels(root: XmlElement): boolean {
  const parameters = child(root, 'Disk_Parameters');
  return MARKS.some((name) => child(parameters, name) !== undefined);
}
