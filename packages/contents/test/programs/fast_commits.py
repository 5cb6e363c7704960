"""Changes a mounted ext4 with the feature fast_commit, and stops it as a power cut does: fast_commits.py DIRECTORY SEED"""
import fcntl, os, random, struct, sys

root, seed = sys.argv[1], int(sys.argv[2])
random.seed(seed)
SHUTDOWN, LEAVE_LOG = 0x8004587D, 2
directories, files = [root], []


def save(path):
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def name():
    return os.path.join(random.choice(directories), random.choice(['a', 'lang' * 20, 'é']) + str(random.randrange(10**6)))


def create():
    path = name()
    with open(path, 'wb') as file:
        for _ in range(random.randint(1, 4)):
            file.seek(random.choice([0, 5000, 90000]))
            file.write(random.randbytes(random.choice([1, 3000, 20000])))
    files.append(path)
    return path


def change():
    path = random.choice(files)
    with open(path, 'r+b') as file:
        if random.random() < 0.5:
            file.truncate(random.choice([0, 100, 5000, 40000]))
        else:
            file.seek(random.choice([0, 3000, 70000]))
            file.write(random.randbytes(random.choice([10, 9000])))
    return path


def move():
    path = files.pop(random.randrange(len(files)))
    to = name() if random.random() < 0.7 or not files else files.pop()
    os.rename(path, to)
    files.append(to)
    return to


def link():
    path = name()
    os.link(random.choice(files), path)
    files.append(path)
    return path


def remove():
    os.unlink(files.pop(random.randrange(len(files))))
    return random.choice(files)


def status():
    path = random.choice(files)
    os.chmod(path, random.choice([0o600, 0o644, 0o4755]))
    os.chown(path, random.randrange(70000), 5)
    return path


def directory():
    path = name()
    os.mkdir(path)
    directories.append(path)
    return path


for _ in range(8):
    create()
directory()
os.sync()
for _ in range(random.randint(1, 25)):
    path = random.choice([create, create, change, change, move, link, remove, status, directory])()
    if random.random() < 0.7 and os.path.exists(path):
        save(path)
    while len(files) < 3:
        create()
save(create())
handle = os.open(root, os.O_RDONLY)
fcntl.ioctl(handle, SHUTDOWN, struct.pack('I', LEAVE_LOG))
