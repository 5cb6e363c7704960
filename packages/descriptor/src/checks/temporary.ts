import { sameGuid } from '../guid.ts';
import type { Check } from './check.ts';

/**
 * Temporary shots. The tool merges away those without children or with one before the next `mount`, `umount`, `snapshot`
 * or `snapshot-delete`, unless a device shows them. It cannot merge away one with several children, and releases up to
 * 1.15 take no snapshot as long as there is one: exit code 1, and no message. `decode` reports a temporary top.
 */
export const temporary: Check = ({ shots, topGuid }, { links }, report) => {
  for (const [index, { guid, temporary: isTemporary }] of shots.entries()) {
    if (!isTemporary) continue;
    const children = links.children(links.firsts[index] ?? index).length;
    if (children > 1) report('TEMPORARY_STUCK', { guid, children }, { shot: index });
    else if (topGuid === undefined || !sameGuid(guid, topGuid))
      report('TEMPORARY_SNAPSHOT', { guid }, { shot: index });
  }
};
