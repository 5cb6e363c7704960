import type { SimulatedCommand } from '../simulation.ts';

/** `ploop list`: nothing is on a device. */
export const list: SimulatedCommand = {
  shape: 'af',
  usage: '[-a]',
  run: () => Promise.resolve(),
};
