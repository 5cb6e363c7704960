import { numbers, optionReply, textBytes } from './encode.ts';
import { contextQuery, infoQuery, textOf } from './option-data.ts';
import {
  ALLOCATION,
  ALLOCATION_ID,
  EXPORT,
  HANDSHAKE,
  INFO,
  MOST_BYTES,
  MOST_NAME_BYTES,
  NBD,
  OPTION,
  PREFERRED_BYTES,
  REPLY,
} from './numbers.ts';
import type { Lease, ServedDisk, ServedExports } from './served-disk.ts';
import { viewOf } from './view-of.ts';
import type { Wire } from './wire.ts';

/** What a client and the server have agreed upon. */
export interface Agreed extends Lease {
  readonly isStructured: boolean;
  /** Whether the client may ask for the block status. */
  readonly hasAllocation: boolean;
}

/** The state of a negotiation. */
interface Negotiation {
  readonly wire: Wire;
  readonly exports: ServedExports;
  readonly onFailure: (error: unknown, name: string) => void;
  isStructured: boolean;
  /** The export for which the client has chosen `base:allocation`. */
  allocationOf?: string | undefined;
}

/** Bytes of the longest data of an option. */
const MOST_DATA_BYTES = 2 ** 16;
/** Bytes of data that are skipped. The connection ends at longer data. */
const MOST_SKIPPED_BYTES = 2 ** 22;

/**
 * The handshake of a connection: fixed newstyle.
 *
 * @returns `undefined` if the client leaves, or breaks the protocol.
 */
export async function negotiate(
  wire: Wire,
  exports: ServedExports,
  onFailure: Negotiation['onFailure'],
): Promise<Agreed | undefined> {
  const offered = HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes;
  await wire.send([numbers([8, NBD.MAGIC], [8, NBD.OPTION_MAGIC], [2, offered])]);
  const answer = await wire.take(4);
  if (answer === undefined) return undefined;
  const flags = viewOf(answer).getUint32(0);
  if ((flags & ~offered) !== 0) return undefined;
  const hasZeroes = (flags & HANDSHAKE.noZeroes) === 0;
  const state: Negotiation = { wire, exports, onFailure, isStructured: false };
  for (;;) {
    const asked = await nextOption(wire);
    if (asked === undefined) return undefined;
    const { option, data } = asked;
    if (option === OPTION.exportName) return byName(state, data, hasZeroes);
    if (data === undefined) continue;
    if (option === OPTION.abort) {
      await wire.send(optionReply(option, REPLY.ack));
      return undefined;
    }
    const agreed = await answerOption(state, option, data);
    if (agreed !== undefined) return agreed;
  }
}

/** The next option. Data that are too long are absent, and the option is refused already. */
async function nextOption(
  wire: Wire,
): Promise<{ readonly option: number; readonly data: Uint8Array | undefined } | undefined> {
  const head = await wire.take(16);
  if (head === undefined) return undefined;
  const view = viewOf(head);
  if (view.getBigUint64(0) !== NBD.OPTION_MAGIC) return undefined;
  const [option, length] = [view.getUint32(8), view.getUint32(12)];
  if (length <= MOST_DATA_BYTES) {
    const data = await wire.take(length);
    return data && { option, data };
  }
  if (length > MOST_SKIPPED_BYTES || option === OPTION.exportName) return undefined;
  if (!(await wire.skip(length))) return undefined;
  await wire.send(optionReply(option, REPLY.tooBig, textBytes('the data are too long')));
  return { option, data: undefined };
}

async function answerOption(
  state: Negotiation,
  option: number,
  data: Uint8Array,
): Promise<Agreed | undefined> {
  const { wire } = state;
  if (option === OPTION.info || option === OPTION.go) return inform(state, option, data);
  if (option === OPTION.listMetaContext || option === OPTION.setMetaContext)
    await contexts(state, option, data);
  else if (option !== OPTION.list && option !== OPTION.structuredReply)
    await refuse(wire, option, REPLY.unsupported, 'this server does not have the option');
  else if (data.length > 0) await refuse(wire, option, REPLY.invalid, 'the option takes no data');
  else if (option === OPTION.list) await list(state);
  else {
    state.isStructured = true;
    await wire.send(optionReply(option, REPLY.ack));
  }
  return undefined;
}

async function refuse(wire: Wire, option: number, type: number, message: string): Promise<void> {
  await wire.send(optionReply(option, type, textBytes(message)));
}

async function list({ wire, exports }: Negotiation): Promise<void> {
  for (const { name, description } of exports.list) {
    const bytes = textBytes(name);
    const length = numbers([4, bytes.length]);
    await wire.send(optionReply(OPTION.list, REPLY.server, length, bytes, textBytes(description)));
  }
  await wire.send(optionReply(OPTION.list, REPLY.ack));
}

/** Opens an export; `undefined` if it cannot be opened: the option is refused with the reason then. */
async function opened(
  { wire, exports, onFailure }: Negotiation,
  option: number,
  name: string,
): Promise<Lease | undefined> {
  let reason = `there is no export ${JSON.stringify(name)}`;
  try {
    const lease = await exports.open(name);
    if (lease !== undefined) return lease;
  } catch (error) {
    onFailure(error, name);
    reason = error instanceof Error ? error.message : String(error);
  }
  await refuse(wire, option, REPLY.unknown, reason);
  return undefined;
}

async function inform(
  state: Negotiation,
  option: number,
  data: Uint8Array,
): Promise<Agreed | undefined> {
  const { wire } = state;
  const query = infoQuery(data);
  if (query === undefined || query.name.length > MOST_NAME_BYTES) {
    await refuse(wire, option, REPLY.invalid, 'the data are malformed');
    return undefined;
  }
  const lease = await opened(state, option, query.name);
  if (lease === undefined) return undefined;
  try {
    await wire.send(infoReplies(option, lease.disk, query.wanted, state.isStructured));
  } catch (error) {
    lease.release();
    throw error;
  }
  if (option === OPTION.go) return agreedOn(state, query.name, lease);
  lease.release();
  return undefined;
}

function agreedOn({ isStructured, allocationOf }: Negotiation, name: string, lease: Lease): Agreed {
  return { ...lease, isStructured, hasAllocation: isStructured && allocationOf === name };
}

function infoReplies(
  option: number,
  disk: ServedDisk,
  wanted: readonly number[],
  isStructured: boolean,
): readonly Uint8Array[] {
  const info = (type: number, ...data: readonly Uint8Array[]): readonly Uint8Array[] =>
    optionReply(option, REPLY.info, numbers([2, type]), ...data);
  const texts = { [INFO.name]: disk.name, [INFO.description]: disk.description };
  return [
    ...info(INFO.export, numbers([8, disk.size], [2, flagsOf(disk, isStructured)])),
    ...[...new Set(wanted)].flatMap((type) => {
      if (type === INFO.blockSize)
        return info(type, numbers([4, 1], [4, PREFERRED_BYTES], [4, MOST_BYTES]));
      return type === INFO.name || type === INFO.description
        ? info(type, textBytes(texts[type]))
        : [];
    }),
    ...optionReply(option, REPLY.ack),
  ];
}

/** The flags of an export. */
function flagsOf({ writes }: ServedDisk, isStructured: boolean): number {
  const always = EXPORT.hasFlags | EXPORT.multiConnection;
  const more = isStructured ? EXPORT.dontFragment : 0;
  if (writes === undefined) return always | more | EXPORT.readOnly;
  const { flush, fua, trim, writeZeroes, fastZero } = EXPORT;
  return always | more | flush | fua | trim | writeZeroes | fastZero;
}

/** `NBD_OPT_EXPORT_NAME`, which cannot fail but by the end of the connection. */
async function byName(
  state: Negotiation,
  data: Uint8Array | undefined,
  hasZeroes: boolean,
): Promise<Agreed | undefined> {
  const name = data && data.length <= MOST_NAME_BYTES ? textOf(data) : undefined;
  if (name === undefined) return undefined;
  let lease: Lease | undefined;
  try {
    lease = await state.exports.open(name);
  } catch (error) {
    state.onFailure(error, name);
  }
  if (lease === undefined) return undefined;
  const flags = flagsOf(lease.disk, state.isStructured);
  try {
    await state.wire.send([
      numbers([8, lease.disk.size], [2, flags]),
      new Uint8Array(hasZeroes ? 124 : 0),
    ]);
  } catch (error) {
    lease.release();
    throw error;
  }
  return agreedOn(state, name, lease);
}

async function contexts(state: Negotiation, option: number, data: Uint8Array): Promise<void> {
  const { wire, isStructured } = state;
  const isChoice = option === OPTION.setMetaContext;
  if (isChoice) state.allocationOf = undefined;
  const query = contextQuery(data);
  if (query === undefined || !isStructured) {
    const reason = isStructured ? 'the data are malformed' : 'structured replies are needed first';
    await refuse(wire, option, REPLY.invalid, reason);
    return;
  }
  const lease = await opened(state, option, query.name);
  if (lease === undefined) return;
  lease.release();
  const { queries } = query;
  const isAny = !isChoice && (queries.length === 0 || queries.includes('base:'));
  const isFound = isAny || queries.includes(ALLOCATION);
  if (isFound && isChoice) state.allocationOf = query.name;
  const id = numbers([4, isChoice ? ALLOCATION_ID : 0]);
  const found = isFound ? optionReply(option, REPLY.metaContext, id, textBytes(ALLOCATION)) : [];
  await wire.send([...found, ...optionReply(option, REPLY.ack)]);
}
