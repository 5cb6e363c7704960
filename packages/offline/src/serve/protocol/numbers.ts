/** Numbers of the NBD protocol, under the names of its specification (doc/proto.md of the NBD project). */
export const NBD = {
  MAGIC: 0x4e42_444d_4147_4943n,
  OPTION_MAGIC: 0x4948_4156_454f_5054n,
  OPTION_REPLY_MAGIC: 0x0003_e889_0455_65a9n,
  REQUEST_MAGIC: 0x2560_9513,
  SIMPLE_REPLY_MAGIC: 0x6744_6698,
  STRUCTURED_REPLY_MAGIC: 0x668e_33ef,
} as const;

/** Handshake flags of the server, which the client repeats. */
export const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 } as const;

/** What a client asks for before it chooses an export. */
export const OPTION = {
  exportName: 1,
  abort: 2,
  list: 3,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

/** Types of replies to options. */
export const REPLY = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: 0x8000_0001,
  invalid: 0x8000_0003,
  unknown: 0x8000_0006,
  tooBig: 0x8000_0009,
} as const;

/** What `NBD_REP_INFO` is about. */
export const INFO = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** Flags of an export. */
export const EXPORT = {
  hasFlags: 1,
  readOnly: 1 << 1,
  flush: 1 << 2,
  fua: 1 << 3,
  trim: 1 << 5,
  writeZeroes: 1 << 6,
  dontFragment: 1 << 7,
  multiConnection: 1 << 8,
  fastZero: 1 << 11,
} as const;

/** Types of requests. */
export const COMMAND = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

/** Flags of requests. */
export const REQUEST_FLAG = {
  fua: 1,
  noHole: 1 << 1,
  dontFragment: 1 << 2,
  oneExtent: 1 << 3,
  fastZero: 1 << 4,
} as const;

/** Types of structured replies. */
export const CHUNK = { none: 0, data: 1, hole: 2, blockStatus: 5, error: 0x8001 } as const;

/** Set in the last chunk of a structured reply. */
export const CHUNK_DONE = 1;

/** Flags of `base:allocation`. */
export const STATE = { hole: 1, zero: 2 } as const;

/** Errors of requests. */
export const ERROR = {
  EPERM: 1,
  EIO: 5,
  EINVAL: 22,
  ENOSPC: 28,
  EOVERFLOW: 75,
} as const;

/** One of {@link ERROR}. */
export type ErrorNumber = (typeof ERROR)[keyof typeof ERROR];

/** The only metadata context: what is allocated. */
export const ALLOCATION = 'base:allocation';
/** The number under which replies refer to it. */
export const ALLOCATION_ID = 1;

/** Most bytes of a read or a write: what a client that asks for no limits may send. */
export const MOST_BYTES = 2 ** 25;
/** Bytes of a read that are always answered with one chunk if the client wants that. */
export const PREFERRED_BYTES = 2 ** 12;
/** Bytes of the longest name of an export. */
export const MOST_NAME_BYTES = 4096;
