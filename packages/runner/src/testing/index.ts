export type { Fault } from './faults.ts';
export { createSimulatedPloop } from './simulated-ploop.ts';
export type { SimulatedPloop, SimulatedPloopOptions } from './simulated-ploop.ts';
