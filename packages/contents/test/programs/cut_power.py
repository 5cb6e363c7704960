"""Works in a mounted file system, and stops it as a power cut does: cut_power.py DIRECTORY SEED ROUNDS"""
import fcntl, os, random, shutil, struct, subprocess, sys

root, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
MAGIC = bytes.fromhex('c03b3998')
SHUTDOWN, FLUSH_LOG, LEAVE_LOG = 0x8004587D, 1, 2
maker = os.path.join(os.path.dirname(__file__), 'make_tree.py')


def settle():
    if random.random() < 0.6:
        os.sync()


for index in range(rounds):
    part = os.path.join(root, 'part%d' % index)
    os.mkdir(part)
    subprocess.run([sys.executable, maker, part, str(seed + index), str(random.choice([3, 20, 60])), 'mounted'], check=True)
    settle()
    if index > 0 and random.random() < 0.6:
        subprocess.run(['chattr', '-R', '-f', '-i', '-a', part], check=False)
        shutil.rmtree(os.path.join(root, 'part%d' % (index - 1)), ignore_errors=True)
        settle()
    for number in range(random.randrange(6)):
        with open(os.path.join(root, 'file%d-%d' % (index, number)), 'wb') as file:
            file.write((MAGIC + random.randbytes(random.choice([0, 1020, 4092, 9000]))) * random.randint(1, 4))
            if random.random() < 0.5:
                os.fsync(file.fileno())
directory = os.open(root, os.O_RDONLY)
fcntl.ioctl(directory, SHUTDOWN, struct.pack('I', random.choice([FLUSH_LOG, FLUSH_LOG, LEAVE_LOG])))
