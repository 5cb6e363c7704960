"""Makes a random prototype for mkfs.xfs and its files: make_prototype.py DIRECTORY SEED ENTRIES

Writes DIRECTORY/prototype, and prints what the file system has then: JSON, one entry a line.
"""
import hashlib, json, os, random, stat, sys

directory, seed, entries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
lines, number = [], 0
KINDS = {'file': '-', 'directory': 'd', 'symlink': 'l', 'fifo': 'p', 'block-device': 'b', 'character-device': 'c'}


def show(path, kind, mode, uid, gid, **more):
    print(json.dumps({'path': path.encode().hex(), 'type': kind, 'mode': mode, 'uid': uid, 'gid': gid, **more}))


def line(path, kind, depth, rest=()):
    # What is made in a directory that sets the group inherits that.
    mode = random.choice([0o644, 0o755, 0o4711, 0o600] + [0o2755] * (kind != 'directory'))
    uid, gid = random.choice([0, 33, 70000]), random.choice([0, 5, 100000])
    bits = ('u' if mode & stat.S_ISUID else '-') + ('g' if mode & stat.S_ISGID else '-')
    words = [KINDS[kind] + bits + f'{mode & 0o777:03o}', str(uid), str(gid), *rest]
    lines.append(' ' * depth + ' '.join([os.path.basename(path)] * (path != '') + words))
    return mode, uid, gid


def content():
    global number
    number += 1
    data = random.randbytes(random.choice([0, 1, 511, 512, 4096, 5000, 70000, 300000]))
    name = f'{directory}/content{number}'
    with open(name, 'wb') as file:
        file.write(data)
    hash = hashlib.sha256()
    for at in range(0, len(data), 1024):
        piece = data[at:at + 1024]
        if any(piece):
            hash.update(b'%d:' % at + piece)
    return name, len(data), hash.hexdigest()


def entry(path, depth, count):
    kind = random.choice(['file', 'file', 'directory', 'symlink', 'fifo', 'block-device', 'character-device'])
    if kind == 'directory':
        return folder(path, depth, random.choice([0, 3, count // 2]))
    if kind == 'file':
        name, size, digest = content()
        return show(path, kind, *line(path, kind, depth, [name]), size=size, content=digest)
    if kind == 'symlink':
        target = 't' * random.choice([1, 60, 155, 157, 300, 500, 1023])
        return show(path, kind, *line(path, kind, depth, [target]), target=target.encode().hex())
    if kind == 'fifo':
        return show(path, kind, *line(path, kind, depth))
    device = random.choice([(1, 3), (8, 17), (259, 70000)])
    return show(path, kind, *line(path, kind, depth, map(str, device)), device=device)


def folder(path, depth, count, many=0):
    show(path, 'directory', *line(path, 'directory', depth))
    for index in range(count):
        entry(f'{path}/{index}' + 'n' * random.choice([0, 5, 60, 200]), depth + 1, count // 2)
    for index in range(many):
        name = f'{path}/many{index}' + 'm' * (index % 90)
        show(name, 'fifo', *line(name, 'fifo', depth + 1))
    lines.append(' ' * depth + '$')


folder('', 0, entries, random.choice([0, 20, 300, 3000]))
with open(f'{directory}/prototype', 'w') as file:
    file.write('/none\n0 0\n' + '\n'.join(lines) + '\n')
