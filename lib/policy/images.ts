/** Every image that a pod names: of its containers, and those that it mounts. */
import { isDigest } from '../domain/image';
import { at, isObject, list, type Path, text } from './json';
import { containersOf, type PodTemplate } from './pod-template';

/** One reference with its place. */
export interface PlacedImage {
  readonly path: Path;
  /** As it stands there. */
  readonly value: unknown;
  /** '' for what is no text. */
  readonly reference: string;
  /** Container/server, Volume/weights. */
  readonly about: string;
}

export function imagesOf(pod: PodTemplate): readonly PlacedImage[] {
  const place = (about: string, path: Path, value: unknown): PlacedImage => ({
    path,
    value,
    reference: text(value) ?? '',
    about,
  });
  const containers = containersOf(pod).map(({ container, path }) =>
    place(`Container/${text(container.name) ?? ''}`, [...path, 'image'], container.image),
  );
  const volumes = list(pod.spec.volumes).flatMap((volume, index) => {
    if (!isObject(at(volume, 'image'))) return [];
    const path = [...pod.specPath, 'volumes', index, 'image', 'reference'];
    return [place(`Volume/${text(at(volume, 'name')) ?? ''}`, path, at(volume, 'image', 'reference'))];
  });
  return [...containers, ...volumes];
}

/** What stands behind `@`, and whether it is a digest. */
export function digestOf(reference: string): { readonly text: string; readonly legal: boolean } | undefined {
  const at = reference.indexOf('@');
  if (at < 0) return undefined;
  const digest = reference.slice(at + 1);
  return { text: digest, legal: isDigest(digest) };
}
