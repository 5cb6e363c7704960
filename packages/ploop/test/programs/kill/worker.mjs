// Does one change of a disk, to be killed meanwhile: worker.mjs CHANGE DIRECTORY. Prints what became of it.
import { isPloopError, openDisk } from '../../../dist/index.js';
import { CHANGES, runner, UNDESCRIBED } from './changes.mjs';

const [, , name, directory] = process.argv;
const [template, change] = CHANGES[name];
try {
  const disk = UNDESCRIBED.has(template) ? undefined : await openDisk(directory, { runner });
  const top = (await disk?.descriptor())?.topGuid;
  await change(disk, { directory, top });
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  const { code, message, leftBehind = [], stack } = error;
  const known = isPloopError(error) || error.name === 'DescriptorError';
  console.log(JSON.stringify({ code, message: known ? message : stack, leftBehind, known }));
}
