"""Adds to a mounted XFS what needs many blocks of metadata: extend_xfs.py DIRECTORY SEED [SHARE]

SHARE divides how much is added.
"""
import ctypes, fcntl, os, random, struct, sys

root, seed = sys.argv[1], int(sys.argv[2])
share = int((sys.argv + ['1'])[3])
random.seed(seed)
libc = ctypes.CDLL(None, use_errno=True)
FICLONERANGE, FSGETXATTR, FSSETXATTR = 0x4020940D, 0x801C581F, 0x401C5820
PUNCH = 3
block = os.statvfs(root).f_bsize


def attempt(work):
    try:
        return work()
    except OSError:
        return None


def scattered(path, count):
    """A file of many extents: every other block, and later ones punched."""
    with open(path, 'wb') as file:
        file.write(random.randbytes(block * count))
        file.flush()
        for index in range(1, count, 2):
            libc.fallocate(file.fileno(), PUNCH, ctypes.c_long(index * block), ctypes.c_long(block))
        libc.fallocate(file.fileno(), 0, ctypes.c_long(count * block), ctypes.c_long(block * random.randrange(1, 50)))


def cloned(source, path):
    with open(source, 'rb') as one, open(path, 'wb') as other:
        attempt(lambda: fcntl.ioctl(other, FICLONERANGE, struct.pack('qQQQ', one.fileno(), 0, 0, 0)))
        other.seek(random.randrange(50) * block)
        other.write(random.randbytes(random.randrange(1, 3 * block)))


def many(path, count, length, gone):
    os.mkdir(path)
    names = [f'{path}/{index}-' + 'n' * random.randrange(length) for index in range(count)]
    for name in names:
        os.close(os.open(name, os.O_CREAT))
    begin = random.randrange(count)
    for name in names[begin:begin + gone]:
        os.unlink(name)


def attributes(path, sizes):
    os.close(os.open(path, os.O_CREAT))
    for index, size in enumerate(sizes):
        space = random.choice(['user', 'trusted', 'security'])
        os.setxattr(path, f'{space}.{index}' + 'a' * random.randrange(100), random.randbytes(size))
    for name in random.sample(os.listxattr(path), len(sizes) // 4):
        os.removexattr(path, name)


def project(path, number):
    file = os.open(path, os.O_RDONLY)
    words = bytearray(fcntl.ioctl(file, FSGETXATTR, bytes(28)))
    struct.pack_into('I', words, 12, number)
    fcntl.ioctl(file, FSSETXATTR, bytes(words))
    os.close(file)


scattered(f'{root}/scattered', random.choice([60, 600, 3000]) // share)
cloned(f'{root}/scattered', f'{root}/cloned')
many(f'{root}/few', random.randrange(8, 60), 30, 5)
many(f'{root}/leaf', random.randrange(100, 600) // share, 60, 80 // share)
if random.random() < 0.5:
    many(f'{root}/node', random.randrange(1500, 6000) // share, 120, 900 // share)
attributes(f'{root}/values', [random.choice([0, 20, 700, 3000]) for _ in range(random.choice([3, 30, 300]))])
attributes(f'{root}/large', [random.choice([5000, 30000, 65536]) for _ in range(8)])
attributes(f'{root}/small', [random.randrange(20) for _ in range(random.choice([5, 900]) // share)])
for length in (100, 300, 700, 968, 1023):
    os.symlink('s' * length, f'{root}/link{length}')
project(f'{root}/large', 70000)
