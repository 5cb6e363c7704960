export { behaviourOf } from './behaviour.ts';
export { memberOf } from './release.ts';
export { BANDS, releasesWith, type Band } from './bands.ts';
export { DESCRIPTOR_NAME } from './descriptor-name.ts';
export { OPTIONS } from './options.ts';
export { commonReleases, otherReleases } from './ranges.ts';
export { SUBCOMMANDS } from './subcommands.ts';
export {
  compareVersions,
  isOneOf,
  numbersOf,
  versionOf,
  type Releases,
  type Since,
  type Version,
} from './version.ts';
export { VOLUME_HARM, type VolumeHarming, type VolumesHarmed } from './volume-harm.ts';
