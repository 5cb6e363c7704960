import { bytesOf, LONGEST_PATH } from '../resolve-file.ts';
import type { Check } from './check.ts';

/** Image names that depend on where the descriptor is, or on who reads them. */
export const fileNames: Check = ({ images }, _survey, report) => {
  for (const [index, { file, foreign }] of images.entries()) {
    if (foreign) continue;
    const bytes = bytesOf(file);
    if (bytes > LONGEST_PATH) report('FILE_TOO_LONG', { file, bytes }, { image: index });
    if (!file.includes('/') && file !== '..') continue;
    const steps = file.split('/').filter((step) => step !== '' && step !== '.');
    const ups = steps.findIndex((step) => step !== '..');
    const inside = ups === -1 ? [] : steps.slice(ups);
    if (inside.includes('..')) report('FILE_AMBIGUOUS', { file }, { image: index });
    if (file.startsWith('/')) report('FILE_ABSOLUTE', { file }, { image: index });
    else if (steps[0] === '..') report('FILE_OUTSIDE', { file }, { image: index });
  }
};
