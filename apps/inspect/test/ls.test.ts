import { expect, test } from 'vitest';

import { canMount, filesDisk, inMount, inspect } from './files-disk.ts';

const TREE = [
  'mkdir -p etc/deep/deeper "two words" $\'caf\\xe9\' empty .hidden',
  'echo web-1 > etc/hostname; echo x > $\'caf\\xe9/na\\xffme\'; echo y > "two words/back\\\\slash"',
  "touch $'line\\nbreak' $'\\x1b[31mred' $'tab\\there' 漢字 ä B a _ Z ./-dash",
  'ln -s /etc/hostname link; ln -s nowhere dangling; ln -s etc dirlink; ln etc/hostname etc/other',
  'mkfifo fifo; mknod null c 1 3; mknod disk b 259 70000; truncate -s 5G sparse',
  'chmod 4755 a; chmod 2711 B; chmod 1777 "two words"; chmod 6644 _; chmod 0 Z; chown 4000000000:33 ä',
  'touch -h -d 1969-12-31T23:59:01.5Z a; touch -d 2445-01-01T00:00:00.123456789Z B; touch -h -d 2001-02-03T04:05:06Z link',
];

test.skipIf(!canMount)('ls prints what ls prints of the mounted disk', async () => {
  const { disk, raw } = await filesDisk(...TREE);
  for (const [flags, real] of [
    [[], 'ls -Ab'],
    [['-l'], 'ls -lAnb --time-style=long-iso'],
  ] as const)
    for (const path of ['/', '/etc', '/two words', '/empty'])
      expect((await inspect('ls', ...flags, disk, path)).stdout).toBe(
        String(inMount(raw, `${real} "./${path}"`)),
      );
  const recursive = String(inMount(raw, 'ls -lARnb --time-style=long-iso'));
  const found = await inspect('ls', '-lR', disk);
  expect(found).toMatchObject({ exitCode: 0, stderr: '' });
  // Headers of ls do not escape spaces: here they are paths for --escaped.
  const headers = found.stdout.replaceAll(
    /^\/(.*):$/gm,
    (_, path: string) => `.${path && '/'}${path.replaceAll('\\ ', ' ')}:`,
  );
  expect(headers).toBe(recursive);
});

test.skipIf(!canMount)('names that are not UTF-8 are given as they are printed', async () => {
  const { disk } = await filesDisk(...TREE);
  const names = (await inspect('ls', disk)).stdout.split('\n').slice(0, -1);
  expect(names).toContain('caf\\351');
  expect(names).toContain('line\\nbreak');
  expect(names).toContain('\\033[31mred');
  for (const name of names)
    expect((await inspect('stat', '--escaped', disk, `/${name}`)).exitCode, name).toBe(0);
  expect((await inspect('ls', '--escaped', disk, '/caf\\351')).stdout).toBe('na\\377me\n');
  expect((await inspect('ls', disk, 'caf\\351')).exitCode).toBe(2);
  expect((await inspect('ls', '--escaped', disk, 'caf\\9')).stderr).toContain('OPTION_INVALID');
});

test.skipIf(!canMount)('links, files and what is missing', async () => {
  const { disk } = await filesDisk(...TREE);
  expect((await inspect('ls', disk, '/dirlink')).stdout).toBe('deep\nhostname\nother\n');
  expect((await inspect('ls', disk, '/link')).stdout).toBe('/link\n');
  expect((await inspect('ls', disk, 'dangling')).stdout).toBe('dangling\n');
  expect((await inspect('ls', '-l', disk, '/dirlink')).stdout).toMatch(/^l.* \/dirlink -> etc\n$/);
  const missing = await inspect('ls', disk, '/nowhere');
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toContain('PATH_MISSING "/nowhere"');
  const json = JSON.parse((await inspect('ls', '-R', '--json', disk, '/etc')).stdout) as unknown;
  expect(json).toMatchObject({
    accepted: true,
    directories: [
      { path: '/etc', entries: [{ name: 'deep' }, { name: 'hostname', type: 'file' }, {}] },
      { path: '/etc/deep', entries: [{ name: 'deeper' }] },
      { path: '/etc/deep/deeper', entries: [] },
    ],
  });
});

test.skipIf(!canMount)('stat shows what the kernel shows', async () => {
  const { disk, raw } = await filesDisk(
    ...TREE,
    `python3 -c "import os; os.setxattr('etc/hostname', 'user.note', b'hi')"`,
  );
  for (const path of ['a', 'B', 'ä', 'link', 'null', 'sparse', 'etc', 'etc/hostname']) {
    const { stdout } = await inspect('stat', disk, path);
    const facts = new Map(
      stdout.split('\n').map((line) => [line.slice(0, 10).trim(), line.slice(10)]),
    );
    const real = String(inMount(raw, `stat -c '%i %h %u %g %s %b %a %A %y|%z' '${path}'`)).trim();
    const mode = /^0*(\d+) \((.*)\)$/.exec(facts.get('mode') ?? '') ?? [];
    const own = [
      ...['inode', 'links', 'uid', 'gid', 'size'].map((key) => facts.get(key)),
      facts.get('stored')?.replace(/ .*/, ''),
      mode[1],
      `${mode[2] ?? ''} ${facts.get('modified') ?? ''} +0000|${facts.get('changed') ?? ''} +0000`,
    ];
    expect(own.join(' ')).toBe(real);
  }
  expect((await inspect('stat', disk, '/etc/hostname')).stdout).toContain('user.note=0x6869');
});
