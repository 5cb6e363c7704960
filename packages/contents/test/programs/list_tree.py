"""Lists a tree as JSON, one entry a line: list_tree.py DIRECTORY"""
import base64, hashlib, json, os, stat, sys

root = os.fsencode(sys.argv[1])
TYPES = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'symlink', stat.S_IFIFO: 'fifo',
         stat.S_IFSOCK: 'socket', stat.S_IFBLK: 'block-device', stat.S_IFCHR: 'character-device'}


def show(path):
    info = os.lstat(path)
    kind = stat.S_IFMT(info.st_mode)
    entry = {
        'path': path[len(root):].hex(), 'inode': info.st_ino, 'type': TYPES[kind], 'mode': stat.S_IMODE(info.st_mode),
        'uid': info.st_uid, 'gid': info.st_gid, 'links': info.st_nlink, 'size': info.st_size, 'blocks': info.st_blocks,
        'accessed': str(info.st_atime_ns), 'modified': str(info.st_mtime_ns), 'changed': str(info.st_ctime_ns),
        'xattrs': {os.fsencode(name).hex(): os.getxattr(path, name, follow_symlinks=False).hex()
                   for name in sorted(os.listxattr(path, follow_symlinks=False))},
    }
    if kind in (stat.S_IFBLK, stat.S_IFCHR):
        entry['device'] = [os.major(info.st_rdev), os.minor(info.st_rdev)]
    if kind == stat.S_IFLNK:
        entry['target'] = os.readlink(path).hex()
    if kind == stat.S_IFREG:
        entry['content'] = digest(path)
    print(json.dumps(entry))


def digest(path):
    """Of data with their places: far apart in sparse files."""
    hash, end = hashlib.sha256(), os.stat(path).st_size
    with open(path, 'rb', buffering=0) as file:
        at = 0
        while at < end:
            try:
                start = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            at = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            os.lseek(file.fileno(), start, os.SEEK_SET)
            while start < at:
                length = min(1024 - start % 1024, at - start)
                piece = os.pread(file.fileno(), length, start)
                if piece.strip(b'\0'):
                    hash.update(b'%d:' % start + piece)
                start += length
    return hash.hexdigest()


show(root)
for directory, below, names in os.walk(root):
    for name in below + names:
        show(os.path.join(directory, name))
