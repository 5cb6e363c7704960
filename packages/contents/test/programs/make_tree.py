"""Makes a random tree of files: make_tree.py DIRECTORY SEED ENTRIES [mounted]

`mounted` says that DIRECTORY is the file system under test, where content may be allocated, punched and removed again.
"""
import array, ctypes, fcntl, os, random, socket, stat, struct, sys

root, seed, entries = os.fsencode(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
mounted = 'mounted' in sys.argv[4:]
random.seed(seed)
libc = ctypes.CDLL(None, use_errno=True)
directories, files = [root], []
used = set()


def name():
    kind = random.random()
    length = random.choice([1, 3, 8, 20, 60, 200])
    if kind < 0.6:
        text = ''.join(random.choice('abcdefghijk.-_ XYZ0123') for _ in range(length)).encode()
    elif kind < 0.8:
        text = ''.join(random.choice('äßéñ漢字😀x\u0301') for _ in range(min(length, 60))).encode()
    else:
        text = bytes(random.choice(range(1, 256)) for _ in range(length)).replace(b'/', b'_')
    text = text[:255]
    return text if text not in (b'.', b'..') else b'dot'


def place():
    for _ in range(100):
        path = os.path.join(random.choice(directories), name())
        if len(path) < 3000 and path not in used and not os.path.lexists(path):
            used.add(path)
            return path
    raise SystemExit('no name is free')


def attempt(work):
    try:
        work()
    except OSError:
        pass


def content(path):
    size = random.choice([0, 1, 30, 59, 60, 61, 100, 150, 1000, 4095, 4096, 4097, 20000, 70000, 300000])
    with open(path, 'wb') as file:
        pattern = random.random()
        if pattern < 0.6:
            file.write(random.randbytes(size))
        elif pattern < 0.9:
            for _ in range(random.randint(1, 40)):
                file.seek(random.choice([0, 1 << 12, 1 << 16, 1 << 20, 1 << 24]) + random.randrange(200000))
                file.write(random.randbytes(random.randint(1, 5000)))
            attempt(lambda: file.truncate(file.tell() + random.randrange(100000)))
        else:
            file.seek(random.choice([13 << 10, 270 << 10, 66 << 20, 5 << 30]))
            attempt(lambda: (file.write(b'far'), file.flush()))
        if mounted and random.random() < 0.3:
            file.flush()
            at, length = random.randrange(100000), random.randrange(1, 300000)
            mode = random.choice([0, 1, 3, 16])
            libc.fallocate(file.fileno(), mode, ctypes.c_long(at), ctypes.c_long(length))
    files.append(path)


def acl(is_default):
    entries = [(1, 7, None), (2, random.randrange(8), 1000), (2, 5, 70000), (4, 5, None), (8, 4, 33), (0x10, 7, None), (0x20, 4, None)]
    if random.random() < 0.4:
        entries = [(1, 6, None), (4, 4, None), (0x10, 4, None), (0x20, 0, None), ]
        entries.insert(1, (2, 6, 12))
        entries = sorted(entries, key=lambda e: e[0])
    value = struct.pack('<I', 2) + b''.join(
        struct.pack('<HHI', tag, perm, 0xFFFFFFFF if who is None else who) for tag, perm, who in entries)
    return 'system.posix_acl_default' if is_default else 'system.posix_acl_access', value


def attributes(path):
    kind = os.lstat(path).st_mode
    for _ in range(random.choice([0, 0, 1, 2, 6] if mounted else [0, 0, 1, 2])):
        prefix = random.choice(['user.', 'trusted.', 'security.'])
        size = random.choice([0, 1, 5, 40, 100, 400, 900, 3000 if random.random() < 0.3 else 8] if mounted else [0, 1, 5, 40, 100])
        key = prefix + ''.join(random.choice('abc.é') for _ in range(random.randint(1, 30)))
        attempt(lambda: os.setxattr(path, key.encode(), random.randbytes(size), follow_symlinks=False))
    if random.random() < 0.15 and not stat.S_ISLNK(kind):
        attempt(lambda: os.setxattr(path, *acl(stat.S_ISDIR(kind) and random.random() < 0.5)))
    if random.random() < 0.7:
        os.chown(path, random.choice([0, 33, 1000, 65534, 70000, 4000000000]), random.choice([0, 5, 100000]), follow_symlinks=False)
    if not stat.S_ISLNK(kind) and random.random() < 0.7:
        os.chmod(path, random.choice([0o644, 0o755, 0o4755, 0o2711, 0o1777, 0o000, 0o600]))
    if mounted and random.random() < 0.1 and (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        flags = random.choice([0x40, 0x80, 0x10, 0x20])
        def set_flags():
            with_fd = os.open(path, os.O_RDONLY)
            try:
                fcntl.ioctl(with_fd, 0x40086602, struct.pack('l', flags))
            finally:
                os.close(with_fd)
        if stat.S_ISREG(kind) or flags in (0x40, 0x80):
            final.append((set_flags))
    if random.random() < 0.8:
        when = lambda: random.choice([0, 1, 999999999, 1 << 31, (1 << 32) + 5, 15000000000, 1700000000]) * 10**9 + random.randrange(10**9)
        times.append((path, (when(), when())))


def entry():
    kind = random.random()
    path = place()
    if kind < 0.25:
        os.mkdir(path)
        directories.append(path)
    elif kind < 0.6:
        content(path)
    elif kind < 0.75:
        os.symlink(random.choice([b'/', b'', b'../']) + b'x' * random.choice([1, 10, 58, 59, 60, 61, 200, 1000]), path)
    elif kind < 0.8 and files:
        attempt(lambda: os.link(random.choice(files), path))
        return
    elif kind < 0.85:
        os.mkfifo(path)
    elif kind < 0.9:
        os.mknod(path, stat.S_IFSOCK | 0o755)
    else:
        device = random.choice([(1, 3), (8, 17), (259, 70000), (4095, 1048575)])
        try:
            os.mknod(path, random.choice([stat.S_IFCHR, stat.S_IFBLK]) | 0o600, os.makedev(*device))
        except OSError:  # XFS has 18 bits for the minor number.
            return
    attributes(path)


times, final = [], []
for _ in range(entries):
    try:
        entry()
    except OSError as error:
        if error.errno != 28:
            raise
        break
if random.random() < 0.3:
    many = os.path.join(random.choice(directories), b'many')
    attempt(lambda: os.mkdir(many))
    for index in range(random.choice([50, 400, 3000]) if mounted else 200):
        attempt(lambda: os.close(os.open(os.path.join(many, b'f%d' % index + b'x' * (index % 90)), os.O_CREAT)))
    if mounted:
        for index in range(0, 3000, 3):
            attempt(lambda: os.unlink(os.path.join(many, b'f%d' % index + b'x' * (index % 90))))
if mounted:
    for path in random.sample(files, len(files) // 5):
        attempt(lambda: os.unlink(path))
for path, ns in times:
    if os.path.lexists(path):
        os.utime(path, ns=ns, follow_symlinks=False)
for work in final:
    attempt(work)
