import { listDevices } from 'ploop';

/** The ploop devices of this machine, what they are made of, and where they are mounted. Starts no process. */
export async function main(): Promise<readonly string[]> {
  const devices = await listDevices();
  return devices.map(({ device, running, images = [], mountPoints }) => {
    const places = mountPoints.map(({ path }) => path).join(', ');
    const state = running ? places || 'not mounted' : 'starting or stopping';
    return `${device}  ${images.at(-1) ?? 'images known to root alone'}  ${state}`;
  });
}
