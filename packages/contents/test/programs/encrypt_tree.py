"""Makes an encrypted directory in a mounted file system: encrypt_tree.py DIRECTORY"""
import fcntl, os, struct, sys
root=sys.argv[1]
fd=os.open(root,os.O_RDONLY)
arg=bytearray(struct.pack('<II32xII32x',2,0,64,0))+os.urandom(64)
fcntl.ioctl(fd,0xC0506617,arg)
ident=bytes(arg[8:24])
d=os.path.join(root,'secret'); os.mkdir(d)
dd=os.open(d,os.O_RDONLY)
fcntl.ioctl(dd,0x800C6613,struct.pack('<BBBBB3x',2,1,4,3,0)+ident)
open(d+'/file','w').write('x'*5000); os.symlink('target',d+'/link'); os.mkdir(d+'/below')
