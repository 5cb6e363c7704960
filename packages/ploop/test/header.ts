/** The first bytes of an image as the tool writes them, enough for its header to be read. */
export function imageBytes({
  signature = 'WithoutFreeSpace',
  blockSize = 2048,
  sectors = 131072,
} = {}): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write(signature, 'latin1');
  bytes.writeUInt32LE(2, 16);
  bytes.writeUInt32LE(blockSize, 28);
  bytes.writeBigUInt64LE(BigInt(sectors), 36);
  bytes.writeUInt32LE(blockSize, 48);
  return bytes;
}
