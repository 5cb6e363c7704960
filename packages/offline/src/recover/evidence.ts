import type { LostImage } from './lost-image.ts';
import { lineageOf, type Forest, type PlacingEvidence } from './place-images.ts';

/** What candidates are explained by. */
type Known = Omit<PlacingEvidence, 'isOrdered'> & { readonly isTimely: boolean };

/** Why an image has its place. */
export interface Evidence {
  /** Name of the image. */
  readonly image: string;
  /** Name of its parent; absent for the base. */
  readonly parent?: string;
  readonly because: readonly string[];
}

/** The evidence for each image of a candidate. */
export async function evidenceFor(
  forest: Forest,
  top: LostImage,
  known: Known,
): Promise<readonly Evidence[]> {
  const all: Evidence[] = [];
  for (const [image, parent] of forest)
    all.push({
      image: image.name,
      ...(parent !== undefined && { parent: parent.name }),
      because: [
        ...(parent === undefined ? baseReasons(image) : []),
        ...(parent === undefined ? [] : await parentReasons(image, parent, forest, known)),
        ...(image === top ? topReasons(image, known) : []),
      ],
    });
  return all;
}

function baseReasons({ isRaw, isNamedDelta }: LostImage): readonly string[] {
  if (isRaw) return ['a bare disk has no parent'];
  return isNamedDelta ? [] : ['its name is that of a base'];
}

async function parentReasons(
  image: LostImage,
  parent: LostImage,
  forest: Forest,
  { likeness, clocks, links, isTimely }: Known,
): Promise<readonly string[]> {
  const common = await likeness.common(image, lineageOf(forest, parent));
  const stated = links.filter((link) => link.image === image.name);
  const [own] = clocks.get(image)?.filter((clock) => clock !== undefined) ?? [];
  return [
    ...stated.map((link) =>
      link.parent === parent.name
        ? `${link.by} states this parent`
        : `${link.by} states another parent`,
    ),
    ...(common >= 1 ? [`${String(Math.floor(common))} sectors are those of the disk below`] : []),
    ...(own === undefined
      ? []
      : [`its superblock was written at ${new Date(own.written * 1000).toISOString()}`]),
    ...(isTimely ? ['it was written after its parent'] : []),
  ];
}

function topReasons(
  { isInUse }: LostImage,
  { isTimely }: { readonly isTimely: boolean },
): readonly string[] {
  if (isInUse) return ['top: it is marked as in use'];
  return isTimely ? ['top: it was written last'] : [];
}
