import { RefusedError } from '../errors/errors.ts';
import { descriptorPath, devicePath, imagePath, path } from './paths.ts';

/** The ways a disk can be named: by its descriptor, its device, where it is mounted, or an image of it. */
const FORMS = {
  descriptor: (text: string) => [descriptorPath(text)],
  device: (text: string) => ['-d', devicePath(text)],
  mountPoint: (text: string) => ['-m', path(text)],
  image: (text: string) => [imagePath(text)],
} as const;

/** How a target is named. */
export type TargetForm = keyof typeof FORMS;

/**
 * Which of these ways a target is named in.
 *
 * @throws RefusedError `TARGET_AMBIGUOUS` if it is not given, or given twice.
 */
export function formOf(target: object, allowed: readonly TargetForm[]): TargetForm {
  const given = (Object.keys(FORMS) as TargetForm[]).filter(
    (form) => form in target && (target as Record<string, unknown>)[form] !== undefined,
  );
  const [form] = given;
  if (form === undefined || given.length > 1 || !allowed.includes(form))
    throw new RefusedError(
      'TARGET_AMBIGUOUS',
      `a disk is named by one of ${allowed.join(', ')}, not by ${given.join(' and ') || 'none'}`,
    );
  return form;
}

/**
 * The arguments that name a target: an option and its value, or a path, which must come last.
 *
 * @throws RefusedError `TARGET_AMBIGUOUS`, `PATH_INVALID`
 */
export function targetArguments(target: object, allowed: readonly TargetForm[]): readonly string[] {
  const form = formOf(target, allowed);
  return FORMS[form](textOf(target, form));
}

/** What names the target, as runs on the same disk have it in common. */
export function targetKey(target: object): string | undefined {
  const form = (Object.keys(FORMS) as TargetForm[]).find((name) => name in target);
  return form === undefined ? undefined : textOf(target, form);
}

/** As it was given: that it is a text is checked where it becomes an argument. */
function textOf(target: object, form: TargetForm): string {
  return (target as Readonly<Record<string, string>>)[form] ?? '';
}
