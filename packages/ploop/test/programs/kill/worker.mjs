// Does one change of a disk, to be killed meanwhile: worker.mjs CHANGE DIRECTORY. Prints what became of it.
import { isPloopError, openDisk } from '../../../dist/index.js';
import { CHANGES, runner, UNDESCRIBED } from './changes.mjs';
import { onMachine } from './machine.mjs';

const [, , name, directory] = process.argv;
const [template, change, needsDriver] = CHANGES[name];
const [killing] = process.env.LD_PRELOAD.split(':');
try {
  const options = needsDriver ? onMachine(directory, killing) : { runner };
  const disk = UNDESCRIBED.has(template) ? undefined : await openDisk(directory, options);
  const top = (await disk?.descriptor())?.topGuid;
  await change(disk, { directory, top });
  console.log(JSON.stringify({ done: true }));
} catch (error) {
  const { code, message, leftBehind = [], stack } = error;
  const known = isPloopError(error) || error.name === 'DescriptorError';
  console.log(JSON.stringify({ code, message: known ? message : stack, leftBehind, known }));
}
