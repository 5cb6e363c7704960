// What a disk is after a change that was killed: as before, as after, or what `check` says; and how to go on from there.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';

import { checkDisk } from '@ploop/offline';

import { runner } from './changes.mjs';
import { readByQemu, SHOTS, structureOf, TOP_GUID } from './template.mjs';

const { A, B, C, K } = SHOTS;

/** The states that a change gives up: what is read of them does not matter. */
const GIVEN_UP = {
  'delete a leaf': [K],
  'delete with one child': [B],
  'delete with two children': [],
  'merge the top': [C],
  'merge a snapshot': [A],
  'delete, mounted': [B],
  'delete with the top, mounted': [C],
  'merge, mounted': [C],
};
/** What the top may read as, beside what it did. */
const NEW_TOP = {
  'delete the top': [C],
  switch: [A],
  'switch, keeping': [A],
  'switch, reusing': [C],
  'switch, reusing another': [K],
};
/** What says nothing about an operation. */
const ALWAYS = new Set([
  'LOCK_FILE',
  'FILE_SPARSE',
  'EMPTY_FLAG_WRONG',
  'CLUSTERS_UNUSED',
  // A merge writes to the parent, which its hint says.
  'PARENT_NEWER',
]);

async function closeImage({ data, again }) {
  await runner.checkImage({ image: data.file, dropInUse: true });
  await again();
}

/** Writes over the first bytes of a file. */
function writeStart(path, bytes) {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, 0);
  closeSync(file);
}

const isSameFile = (one, other) => existsSync(other) && statSync(one).ino === statSync(other).ino;

/** One finding can hide another. */
const MOST_ROUNDS = 4;

/** What says that an image is between two format versions, if a saved table lies beside it. */
const TOUCHED = ['IMAGE_IN_USE', 'IMAGE_CONVERTING', 'HEADER_INVALID'];

/** What a resize changes in a descriptor. */
const SIZES = /^<(?:Disk_size|Cylinders|Heads|Sectors|End)>/;

const isCut = (text) => !text.trimEnd().endsWith('</Parallels_disk_image>');

/** Where the operation has done its work and does no more of it: what of a prepared descriptor is still to be done. */
function finish(text, prepared, directory) {
  const lines = (of) => of.split('\n').map((line) => line.trim());
  const now = lines(text);
  const then = lines(prepared);
  if (then.length !== now.length) return;
  const changed = then.filter((line, index) => line !== now[index]);
  const isResize = changed.every((line) => SIZES.test(line));
  const isReplacement = changed.every((line) => {
    const [, file] = /^<File>(.*)<\/File>$/.exec(line) ?? [];
    return file !== undefined && !existsSync(join(directory, file));
  });
  const descriptor = join(directory, 'DiskDescriptor.xml');
  if (isResize) writeFileSync(descriptor, prepared, 'latin1');
  if (isResize || isReplacement) rmSync(`${descriptor}.tmp`);
}

/** What the hint of a finding, and its page, say to do. */
const WAYS = {
  OPERATION_INTERRUPTED: async ({ data, directory, again }) => {
    const descriptor = join(directory, 'DiskDescriptor.xml');
    const prepared = readFileSync(data.file, 'latin1');
    const textNow = () => (existsSync(descriptor) ? readFileSync(descriptor, 'latin1') : '');
    const isSame = textNow() === prepared;
    if (!isSame) await again();
    const isLeft = existsSync(data.file) && readFileSync(data.file, 'latin1') === prepared;
    if (isSame || (isLeft && isCut(prepared))) rmSync(data.file);
    else if (isLeft) finish(textNow(), prepared, directory);
  },
  // The descriptor that names other images is that of the operation.
  DESCRIPTOR_RIVAL: () => undefined,
  DELTA_ORPHANED: ({ data, aside }) => aside(data.file),
  TEMPORARY_SNAPSHOT: ({ data, remove }) => remove(data.guid),
  RAW_CONVERSION_INTERRUPTED: ({ data }) => rmSync(data.file, { force: true }),
  CREATION_INTERRUPTED: async ({ data, directory, again }) => {
    const descriptor = join(directory, 'DiskDescriptor.xml');
    const made = readdirSync(data.file).filter((file) => !file.endsWith('.lck'));
    const isLast = made.join() === 'DiskDescriptor.xml' && existsSync(join(directory, 'root.hdd'));
    if (!existsSync(descriptor))
      for (const file of made)
        if (isSameFile(join(data.file, file), join(directory, file))) rmSync(join(directory, file));
    if (!existsSync(descriptor) && isLast) renameSync(join(data.file, made[0]), descriptor);
    rmSync(data.file, { recursive: true, force: true });
    if (!isLast) await again();
  },
  MOUNT_POINT_LEFT: ({ data }) => rmdirSync(data.file),
  REPLACE_INTERRUPTED: async ({ data, again }) => {
    rmSync(data.file);
    await again();
  },
  DISK_SIZE_DIFFERS: ({ data, directory }) => {
    const descriptor = join(directory, 'DiskDescriptor.xml');
    const size = `<Disk_size>${data.sectors}</Disk_size>`;
    const xml = readFileSync(descriptor, 'latin1');
    writeFileSync(descriptor, xml.replace(/<Disk_size>.*?<\/Disk_size>/, size), 'latin1');
  },
  SAVE_INTERRUPTED: ({ data }) => rmSync(data.file, { force: true }),
  IMAGE_IN_USE: closeImage,
  IMAGE_MARK: closeImage,
  CONVERSION_INTERRUPTED: async ({ data, codes }) => {
    // What is saved goes back to where it was, if the image has been touched.
    if (TOUCHED.some((code) => codes.includes(code)))
      writeStart(data.file.replace(/\.idx$/, ''), readFileSync(data.file));
    rmSync(data.file);
  },
  IMAGE_CONVERTING: () => undefined,
  HEADER_INVALID: () => undefined,
  CLUSTER_BEYOND_END: () => undefined,
  CLUSTER_MISALIGNED: () => undefined,
  CLUSTER_SHARED: () => undefined,
  CLUSTER_BEFORE_DATA: () => undefined,
};

/** What became of a change that was killed, and what of that is wrong. */
export async function judge(run) {
  const { directory, said } = run;
  const failures = [];
  let state = await stateOf(run, failures);
  if (said?.known === false) failures.push(`threw ${said.message}`);
  const named = (said?.leftBehind ?? []).flatMap((one) => one.match(/\/[^\s,]+/g) ?? []);
  for (const file of named.filter((one) => !one.startsWith('/dev/'))) {
    const isNamed = state.structure?.shots.some((shot) => join(directory, shot.file) === file);
    if (isNamed || !existsSync(file)) failures.push(`leftBehind names ${file}`);
  }
  const { kind, codes: told } = state;
  for (let round = 1; state.kind === 'left' && round <= MOST_ROUNDS; round += 1) {
    const isLast = round === MOST_ROUNDS;
    await goOn(run, state, isLast ? failures : []);
    const problems = [];
    state = await stateOf(run, problems);
    if (isLast || state.kind !== 'left') failures.push(...problems);
  }
  if (state.kind === 'left' || state.kind === 'between')
    failures.push(`stays ${state.kind}: ${state.codes.join(', ')} after ${told.join(', ')}`);
  return { state: kind === 'left' ? `named: ${[...new Set(told)].join(' ')}` : kind, failures };
}

async function stateOf(run, failures) {
  const { name, directory, before, after, model, usual, read = readByQemu } = run;
  const structure = structureOf(directory);
  const isUndescribed = before === undefined && structure === undefined;
  const found = await findingsOf(directory);
  const findings = found.filter(
    ({ code, data }) =>
      !usual.has(code) &&
      !(code === 'DELTA_ORPHANED' && data.file.endsWith('copy.hdd')) &&
      !(code === 'FILE_UNREADABLE' && isUndescribed),
  );
  const codes = findings.map(({ code }) => code);

  // Each file beside the disk is named by the descriptor, or by a finding.
  const named = new Set(structure?.shots.map(({ file }) => file));
  const told = new Set(
    findings.flatMap(({ code, data }) =>
      code === 'DESCRIPTOR_RIVAL' ? data.images.map(({ file }) => file) : [data?.file],
    ),
  );
  const known = /^(?:DiskDescriptor\.xml(?:\.lck)?|\.statfs|copy\.hdd|exported\.raw.*)$/;
  for (const file of readdirSync(directory))
    if (!named.has(file) && !known.test(file) && !told.has(join(directory, file)))
      if (!isUndescribed || !file.startsWith('root.hdd')) failures.push(`nothing names ${file}`);

  // Every shot that is there reads as it must, and those are there that the change does not remove.
  // Between two format versions nothing can be read, which is what the check says.
  const isTorn = codes.includes('CONVERSION_INTERRUPTED') && codes.includes('HEADER_INVALID');
  const isReadable = !codes.includes('IMAGE_CONVERTING') && !isTorn;
  for (const { guid } of isReadable ? (structure?.shots ?? []) : []) {
    if (GIVEN_UP[name]?.includes(guid)) continue;
    const allowed = [model[guid] ?? model[TOP_GUID]];
    if (guid === TOP_GUID) allowed.push(...(NEW_TOP[name] ?? []).map((one) => model[one]));
    try {
      if (!allowed.includes(read(directory, structure, guid)))
        failures.push(`${guid} reads as something else [${codes}]`);
    } catch (error) {
      failures.push(`${guid} cannot be read [${codes}]: ${error.stderr ?? error}`);
    }
  }
  for (const guid of Object.keys(model))
    if (structure && before && has(before, guid) && has(after, guid) && !has(structure, guid))
      failures.push(`${guid} is gone`);
  return { kind: kindOf(name, findings, [structure, before, after]), structure, findings, codes };
}

/** Calls of two steps: between them the disk is in order. */
const TWO_STEPS = new Set(['switch, keeping', 'switch, reusing another']);

function kindOf(name, findings, structures) {
  const [now, before, after] = structures.map(shapeOf);
  if (findings.length > 0) return 'left';
  if (now === before) return 'before';
  if (now === after) return 'after';
  return TWO_STEPS.has(name) ? 'after the first step' : 'between';
}

/** What a check of everything says. */
export async function findingsOf(directory) {
  try {
    const { diagnostics } = await checkDisk(directory, { deep: true });
    return diagnostics.filter(({ code }) => !ALWAYS.has(code));
  } catch (error) {
    if (error.diagnostics === undefined) throw error;
    return error.diagnostics;
  }
}

const has = (structure, guid) => structure.shots.some((shot) => shot.guid === guid);

function shapeOf(structure) {
  if (structure === undefined) return 'none';
  const { shots, limit, size } = structure;
  return JSON.stringify([
    shots.map(({ guid, parent, temporary, type }) => [guid, parent, temporary, type]),
    limit,
    size,
  ]);
}

async function goOn({ directory, again, remove }, { findings, codes }, failures) {
  const asideDirectory = `${directory}.aside`;
  mkdirSync(asideDirectory, { recursive: true });
  const aside = (file) =>
    existsSync(file) && renameSync(file, join(asideDirectory, basename(file)));
  for (const { code, data } of findings) {
    const way = WAYS[code];
    if (way === undefined) {
      failures.push(`${code} names no way on`);
      continue;
    }
    try {
      await way({ data, directory, again, aside, remove, codes });
    } catch (error) {
      failures.push(`${code}: the way on fails: ${error.message}`);
    }
  }
  rmSync(asideDirectory, { recursive: true, force: true });
}
