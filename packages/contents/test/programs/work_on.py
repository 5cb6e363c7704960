"""Works in a mounted ext4 until it is told to stop: work_on.py DIRECTORY SEED"""
import os, random, signal, sys

root, seed = sys.argv[1], int(sys.argv[2])
random.seed(seed)
going = True


def stop(*_):
    global going
    going = False


signal.signal(signal.SIGTERM, stop)
directories, files = [root], []


def attempt(work):
    try:
        return work()
    except OSError:
        return None


def name():
    return random.choice(['a', 'file', 'long' * 20, 'é漢', '\udcff\udc80']) + str(random.randrange(10**6))


def write(path, mode):
    with open(path, mode) as file:
        file.seek(random.choice([0, 0, 0, 5000, 300000, 40 << 20]))
        file.write(random.randbytes(random.choice([1, 60, 200, 4096, 9000, 70000, 400000])))
        if random.random() < 0.15:
            file.flush()
            os.fsync(file.fileno())


def create():
    path = os.path.join(random.choice(directories), name())
    write(path, 'wb')
    files.append(path)


def change():
    path = random.choice(files)
    if random.random() < 0.5:
        write(path, 'r+b')
    else:
        os.truncate(path, random.choice([0, 1, 5000, 200000]))


def move():
    path = random.choice(files)
    to = random.choice(files) if random.random() < 0.4 else os.path.join(random.choice(directories), name())
    os.rename(path, to)
    files.remove(path)
    if to not in files:
        files.append(to)


def remove():
    path = random.choice(files)
    os.unlink(path)
    files.remove(path)


def directory():
    path = os.path.join(random.choice(directories), name())
    if path.count('/') - root.count('/') < 8:
        os.mkdir(path)
        directories.append(path)


def link():
    path = os.path.join(random.choice(directories), name())
    os.link(random.choice(files), path)
    files.append(path)


def symlink():
    path = os.path.join(random.choice(directories), name())
    os.symlink('x' * random.choice([3, 59, 60, 400]), path)


def attributes():
    path = random.choice(files)
    key = random.choice(['user.a', 'user.' + 'b' * 40, 'security.c', 'trusted.d'])
    if random.random() < 0.8:
        os.setxattr(path, key, random.randbytes(random.choice([0, 5, 60, 500, 2000])))
    else:
        os.removexattr(path, key)


def status():
    path = random.choice(files)
    os.chmod(path, random.choice([0o600, 0o644, 0o4755]))
    os.chown(path, random.randrange(70000), 5)
    os.utime(path, ns=(random.randrange(2**62), random.randrange(2**61)))


def many():
    path = os.path.join(root, name())
    os.mkdir(path)
    for index in range(random.choice([50, 500])):
        open(os.path.join(path, 'm%d' % index), 'w').close()
    directories.append(path)


WORK = [create] * 30 + [change] * 20 + [move] * 12 + [remove] * 20 + [directory, link, symlink] * 4 + [attributes, status] * 8 + [many]
while going:
    work = random.choice(WORK)
    attempt(lambda: work() if files or work in (create, directory, many) else None)
    space = os.statvfs(root)
    if space.f_bavail < space.f_blocks // 5 or space.f_favail < 300:
        for _ in range(min(len(files), 200)):
            attempt(remove)
    if random.random() < 0.005:
        os.sync()
