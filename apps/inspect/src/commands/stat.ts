import { escapedName, type FileStat, type Xattr } from '@ploop/contents';
import type { Diagnostic } from '@ploop/descriptor';
import type { DiskFiles } from '@ploop/offline';

import type { InspectCommand } from '../command.ts';
import { confineOption, noConfineOption } from '../input/confine.ts';
import {
  escapedOption,
  filesRequestOf,
  partitionOption,
  pathMeant,
  type FilesRequest,
} from '../input/files.ts';
import { jsonOption, pathArgument } from '../input/path.ts';
import { snapshotOption } from '../input/snapshot.ts';
import { counted } from '../output/counted.ts';
import { toTable } from '../output/table.ts';
import { noted } from '../views/file-list.ts';
import { modeText, timeText } from '../views/file-mode.ts';
import { filesReport, type Done } from '../views/files-report.ts';

/** `ploop-inspect stat`: what a file system says of a file. */
export const stat: InspectCommand = {
  examples: [
    ['stat root.hdd /etc/hostname', 'type, mode, owner, size, times and attributes'],
    ['stat --json root.hdd /etc/hostname | jq .file.modified.seconds', 'its time, for a program'],
  ],
  seeAlso: ['ls', 'cat'],
  define: (command, run) =>
    command
      .addArgument(pathArgument)
      .argument('<file>', 'file, directory or symlink; a symlink is not followed')
      .addOption(snapshotOption)
      .addOption(partitionOption)
      .addOption(escapedOption)
      .addOption(confineOption)
      .addOption(noConfineOption)
      .addOption(jsonOption)
      .action((path, file, options) => {
        const request = filesRequestOf(options);
        return run(() =>
          filesReport(path, request, undefined, (files) => factsOf(files, file, request)),
        );
      }),
};

async function factsOf(files: DiskFiles, typed: string, request: FilesRequest): Promise<Done> {
  const path = pathMeant(typed, request);
  const found = await files.stat(path);
  const target = found.type === 'symlink' ? await files.readLink(path) : undefined;
  const findings: Diagnostic[] = [];
  const xattrs = await files.xattrs(path).catch((error: unknown) => {
    noted(error, (finding) => findings.push(finding));
    return [];
  });
  const escaped = escapedName(path);
  const file = { path, escaped, ...found, target, xattrs: xattrs.map(toJsonXattr) };
  const name = target === undefined ? escaped : `${escaped} -> ${escapedName(target)}`;
  const rows = [['file', name], ...rowsOf(found), ...xattrs.map(rowOfXattr)];
  return { text: toTable(rows), json: { file }, findings };
}

function rowsOf(found: FileStat): readonly (readonly string[])[] {
  const { inode, type, mode, uid, gid, links, size, blocks, device, projectId, flags } = found;
  return [
    ['type', type],
    ['size', String(size)],
    ['stored', `${counted(blocks, 'block')} of 512 bytes`],
    ['inode', String(inode)],
    ['links', String(links)],
    ['mode', `${mode.toString(8).padStart(4, '0')} (${modeText({ type, mode })})`],
    ['uid', String(uid)],
    ['gid', String(gid)],
    ...(device === undefined
      ? []
      : [['device', `${String(device.major)}, ${String(device.minor)}`]]),
    ...(projectId === undefined ? [] : [['project', String(projectId)]]),
    ...(flags.length === 0 ? [] : [['flags', flags.join(', ')]]),
    ['accessed', timeText(found.accessed)],
    ['modified', timeText(found.modified)],
    ['changed', timeText(found.changed)],
    ...(found.created === undefined ? [] : [['created', timeText(found.created)]]),
  ];
}

/** Values are bytes: in hexadecimal, as `getfattr -e hex` prints them. */
function rowOfXattr({ name, value }: Xattr): readonly string[] {
  return ['xattr', `${escapedName(name)}=0x${Buffer.from(value).toString('hex')}`];
}

function toJsonXattr({ name, value }: Xattr): object {
  return { name, escaped: escapedName(name), base64: Buffer.from(value).toString('base64') };
}
