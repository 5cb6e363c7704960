import { bytesOf, LONGEST_PATH } from '../resolve-file.ts';
import { everyImage } from '../storages.ts';
import type { Check } from './check.ts';

/** Image names that depend on where the descriptor is, or on who reads them. */
export const fileNames: Check = (descriptor, _survey, report) => {
  for (const { image, at } of everyImage(descriptor)) {
    const { file, foreign } = image;
    if (foreign) continue;
    const bytes = bytesOf(file);
    if (bytes > LONGEST_PATH) report('FILE_TOO_LONG', { file, bytes }, at);
    if (!file.includes('/') && file !== '..') continue;
    const steps = file.split('/').filter((step) => step !== '' && step !== '.');
    const ups = steps.findIndex((step) => step !== '..');
    const inside = ups === -1 ? [] : steps.slice(ups);
    if (inside.includes('..')) report('FILE_AMBIGUOUS', { file }, at);
    if (file.startsWith('/')) report('FILE_ABSOLUTE', { file }, at);
    else if (steps[0] === '..') report('FILE_OUTSIDE', { file }, at);
  }
};
