import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'diagnostics');

/** Programs whose calls are commands of a page. */
const PROGRAMS: ReadonlySet<string> = new Set(
  `ploop ploop-inspect ploop-volume cat chmod chown cmp cp cryptsetup dd debugfs df diff dmesg dmsetup dumpe2fs e2fsck
  fallocate file find findmnt flock fuser gdisk grep head iconv ln ls lslocks lsof mount mv namei od qemu-img qemu-io
  qemu-nbd resize2fs rm rmdir rsync sed setpriv sfdisk sgdisk stat sudo sysctl truncate ulimit umount uuidgen xfs_repair
  xmllint`.split(/\s+/),
);

/** The commands of each page, as they are written there: in code spans and in blocks of shell. */
export function commandsOfPages(): ReadonlyMap<string, ReadonlySet<string>> {
  const names = readdirSync(folder).map((name) => name.replace(/\.md$/, ''));
  return new Map(
    names.map((name) => [name, commandsIn(readFileSync(join(folder, `${name}.md`), 'utf8'))]),
  );
}

function commandsIn(text: string): ReadonlySet<string> {
  const lines: string[] = [];
  const prose = text.replace(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm, (_all, language, body) => {
    if (language === 'sh') lines.push(...String(body).split('\n'));
    return '';
  });
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  return new Set([...lines, ...spans].map((line) => line.trim()).filter(isCommand));
}

function isCommand(line: string): boolean {
  const [program = '', argument] = line.split(/\s+/);
  // A program alone is a name, and a file of something is none.
  if (argument === undefined || (program === 'file' && /^[a-z]/.test(argument))) return false;
  return PROGRAMS.has(program);
}
