import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { type Diagnostic, messageOf, DescriptorError } from '@ploop/descriptor';
import { sample } from '@ploop/test-kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkDisk, openSnapshot } from '../../src/index.ts';
import { chainXml, makeDisk, shapes, type DiskShape, type MadeDisk } from './make-disk.ts';

/** What nobody may be reported to do to a file that may be the only copy. */
const HARMFUL = /move it aside|rather than remove/;

const SMALL: DiskShape = {
  ...{ name: 'root.hds', deltas: 2, blockSize: 64, clusters: 20, version: 2 },
};

type Renaming = readonly [string, (name: string) => string | undefined];

/** How programs change the names of files; `undefined` where a name has nothing to change. */
const RENAMINGS: readonly Renaming[] = [
  ['same name in other letters', (name) => name.toUpperCase()],
  ['same name in another Unicode form', (name) => name.normalize('NFD')],
  ['name with characters replaced', (name) => name.replace(/[{}<>"\\\n ]/g, '_')],
  ['name cut off', (name) => (name.includes('{') ? name.slice(0, -9) : undefined)],
  ['name of a copy', (name) => name.replace(/(\.\w+)?$/, ' copy$1')],
  ['name of a packed copy', (name) => `${name}.tar.gz`],
  ['name of an unfinished copy', (name) => `.${name}.aB3_x9`],
  ['name of an unfinished copy', (name) => `${name}.crdownload`],
  ['the only image left over', () => 'renamed by hand'],
];

const picks = fc.record({
  shape: shapes,
  which: fc.nat(),
  how: fc.constantFrom(...RENAMINGS),
});

async function findingsOf(path: string, confine?: string): Promise<readonly Diagnostic[]> {
  return (await checkDisk(path, { confine })).diagnostics;
}

function missingOf(findings: readonly Diagnostic[]) {
  return findings.flatMap((one) =>
    one.code === 'DELTA_MISSING' || one.code === 'SPARE_DELTA_MISSING' ? [one] : [],
  );
}

/** The chain below an image is whole, as nothing else was touched. */
const wholeOf = ({ guids }: MadeDisk, index: number): string | undefined => guids[index - 1];

async function openingError(path: string): Promise<DescriptorError> {
  const error: unknown = await openSnapshot(path).catch((caught: unknown) => caught);
  if (!(error instanceof DescriptorError)) throw new Error('opened', { cause: error });
  return error;
}

describe('a missing image that is there', () => {
  test('under another name', async () => {
    await fc.assert(
      fc.asyncProperty(picks, async ({ shape, which, how: [evidence, change] }) => {
        const disk = await makeDisk(shape);
        const index = which % disk.files.length;
        const name = disk.files[index] ?? '';
        const other = change(name);
        if (other === undefined || other === name) return;
        await rename(join(disk.directory, name), join(disk.directory, other));
        const findings = await findingsOf(disk.directory);
        const [missing, ...more] = missingOf(findings);
        expect(more).toEqual([]);
        expect(missing).toMatchObject({
          code: 'DELTA_MISSING',
          data: { guid: disk.guids[index], candidates: [{ file: join(disk.directory, other) }] },
        });
        expect(missing?.data.candidates?.[0]?.because).toContain(evidence);
        expect(missing?.data.whole).toBe(wholeOf(disk, index));
        for (const { code, data, hint } of findings) {
          if (code === 'DELTA_ORPHANED') expect(data.mayBe).toEqual([disk.guids[index]]);
          expect(hint).not.toMatch(HARMFUL);
        }
        const error = await openingError(disk.directory);
        expect(error.code).toBe('DELTA_MISSING');
        expect(error.diagnostics).toEqual([missing]);
      }),
      sample('images under other names', 12),
    );
  });

  test('in another directory, which is listed only if the confinement allows it', async () => {
    const places = fc.record({
      shape: shapes,
      which: fc.nat(),
      place: fc.constantFrom('sub', 'sub/sub', '..', '../beside.hdd', '../..'),
    });
    await fc.assert(
      fc.asyncProperty(places, async ({ shape, which, place }) => {
        const disk = await makeDisk(shape, 'outer/vm.pvm/disk.hdd');
        const outer = dirname(dirname(disk.directory));
        const index = which % disk.files.length;
        const name = disk.files[index] ?? '';
        await mkdir(join(disk.directory, place), { recursive: true });
        const moved = join(disk.directory, place, name);
        await rename(join(disk.directory, name), moved);
        const inside = missingOf(await findingsOf(disk.directory)).at(0);
        const found = missingOf(await findingsOf(disk.directory, outer)).at(0);
        expect(found?.data.candidates).toMatchObject([{ file: moved }]);
        if (place === '../beside.hdd') expect(inside?.data.candidates).toBe(undefined);
        else if (place.startsWith('..')) {
          const because = ['same name', 'in another directory', 'not opened'];
          expect(inside?.data.candidates).toMatchObject([{ file: moved, because, outside: true }]);
          expect(inside?.hint).toContain(`--confine `);
        } else expect(inside?.data.candidates).toEqual(found?.data.candidates);
      }),
      {
        ...sample('images in other directories', 8),
        examples: [[{ shape: { ...SMALL, name: 'back\\slash.hds' }, which: 0, place: '..' }]],
      },
    );
  });

  test('behind a symlink that leads nowhere', async () => {
    const disk = await makeDisk(SMALL);
    const [, file = ''] = disk.files;
    const path = join(disk.directory, file);
    await rename(path, `${path}.part`);
    await symlink('/nowhere/at all.hds', path);
    const finding = (await findingsOf(disk.directory)).find(({ code }) => code === 'DELTA_OUTSIDE');
    expect(finding?.data).toMatchObject({
      ...{ leadsTo: '/nowhere/at all.hds', gone: true },
      candidates: [{ file: `${path}.part` }],
    });
    expect(finding && messageOf(finding)).toContain('leads by a symlink to "/nowhere/at all.hds"');
  });

  test('in the file that two images should not share', async () => {
    const disk = await makeDisk(SMALL);
    const [first = '', second = ''] = disk.files;
    await writeFile(
      join(disk.directory, 'DiskDescriptor.xml'),
      chainXml(SMALL, disk.guids, [first, first, ...disk.files.slice(2)]),
    );
    const findings = await findingsOf(disk.directory);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'FILE_DUPLICATE' }));
    const orphan = findings.find(({ code }) => code === 'DELTA_ORPHANED');
    expect(orphan?.data).toMatchObject({ file: join(disk.directory, second), isBroken: true });
    expect(orphan?.hint).not.toMatch(HARMFUL);
  });

  test('by a path of Windows, or by an absolute one of another machine', async () => {
    const paths = fc.record({
      shape: shapes,
      prefix: fc.constantFrom('layers\\', 'C:\\VMs\\x.hdd\\', '/Users/other/x.hdd/', '/nowhere/'),
    });
    await fc.assert(
      fc.asyncProperty(paths, async ({ shape, prefix }) => {
        const disk = await makeDisk({ ...shape, name: shape.name.replaceAll('\\', '') });
        const files = disk.files.map((name) => `${prefix}${name}`);
        await writeFile(
          join(disk.directory, 'DiskDescriptor.xml'),
          chainXml(shape, disk.guids, files),
        );
        const findings = await findingsOf(disk.directory);
        const reported = findings.flatMap(({ code, data }) => {
          if (code === 'DELTA_OUTSIDE') return data.gone === true ? [data.here] : [];
          return code === 'DELTA_MISSING' ? [data.candidates?.[0]?.file] : [];
        });
        expect(reported.map((file) => basename(file ?? ''))).toEqual(disk.files);
        for (const { hint } of findings) expect(hint).not.toMatch(HARMFUL);
      }),
      sample('paths of other systems', 8),
    );
  });

  test('in the directory that Windows names with a backslash', async () => {
    const disk = await makeDisk(SMALL);
    const [, file = ''] = disk.files;
    await mkdir(join(disk.directory, 'layers'));
    await rename(join(disk.directory, file), join(disk.directory, 'layers', file));
    const files = disk.files.map((name) => (name === file ? `layers\\${name}` : name));
    await writeFile(join(disk.directory, 'DiskDescriptor.xml'), chainXml(SMALL, disk.guids, files));
    const [missing] = missingOf(await findingsOf(disk.directory));
    expect(missing?.data.candidates).toMatchObject([
      { name: `layers/${file}`, because: ['same path as Windows writes it'] },
    ]);
    expect(missing?.hint).toContain('The descriptor was written on Windows');
  });

  test('or a delta that the descriptor is too old to know', async () => {
    const disk = await makeDisk(SMALL);
    const top = disk.files.at(-1) ?? '';
    const newer = 'root.hds.{b1111111-0000-4000-8000-000000000001}';
    await rename(join(disk.directory, top), join(disk.directory, newer));
    const [missing] = missingOf(await findingsOf(disk.directory));
    expect(missing && messageOf(missing)).toContain(
      'may be it (disk of the same size, the only image left over), or a delta that is newer than the descriptor',
    );
    expect(missing?.hint).toContain('The descriptor may also be an older copy');
    await rename(join(disk.directory, newer), join(disk.directory, 'renamed by hand'));
    const [renamed] = missingOf(await findingsOf(disk.directory));
    expect(renamed && messageOf(renamed)).not.toContain('newer than the descriptor');
  });

  test('only the top of a disk of a Parallels product: the tool is not offered', async () => {
    const marks = [
      '<UID>{a}</UID>',
      '<Miscellaneous><CompatLevel>level2</CompatLevel></Miscellaneous>',
    ];
    for (const mark of [...marks, '<PhysicalSectorSize>4096</PhysicalSectorSize>']) {
      const disk = await makeDisk(SMALL);
      const xml = chainXml(SMALL, disk.guids, disk.files)
        .replace('<Disk_size>', `${mark}<Disk_size>`)
        .replace(/<TopGUID>.*<\/TopGUID>/, '');
      await writeFile(join(disk.directory, 'DiskDescriptor.xml'), xml);
      expect((await findingsOf(disk.directory)).map(({ code }) => code)).not.toContain(
        'TOP_GUID_ASSUMED',
      );
      await rm(join(disk.directory, disk.files.at(-1) ?? ''));
      const findings = await findingsOf(disk.directory);
      const [missing] = missingOf(findings);
      expect(missing?.data).toMatchObject({ onlyTop: true, drops: true, whole: wholeOf(disk, 2) });
      for (const { hint } of findings) expect(hint).not.toMatch(/ploop (snapshot|convert)|TopGUID/);
    }
  });

  test('nowhere: what is whole below it is named, and nothing else', async () => {
    const losses = fc.record({ shape: shapes, which: fc.nat(), also: fc.nat() });
    await fc.assert(
      fc.asyncProperty(losses, async ({ shape, which, also }) => {
        const disk = await makeDisk(shape);
        const lost = [which, also].map((one) => one % disk.files.length);
        for (const index of lost)
          await rm(join(disk.directory, disk.files[index] ?? ''), { force: true });
        const first = Math.min(...lost);
        for (const { data, hint } of missingOf(await findingsOf(disk.directory))) {
          expect(data.candidates).toBe(undefined);
          expect(data.whole).toBe(wholeOf(disk, first));
          // A switch gives up the top, and needs all below it.
          const isOnlyTop = first > 0 && first === disk.files.length - 1;
          expect(hint.includes('ploop snapshot-switch')).toBe(isOnlyTop);
        }
        const whole = wholeOf(disk, first);
        if (whole === undefined) return;
        const snapshot = await openSnapshot(disk.directory, whole);
        await snapshot.close();
        expect(snapshot.images).toHaveLength(first);
      }),
      sample('lost images', 8),
    );
  });
});
