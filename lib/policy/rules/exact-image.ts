/** WP-IMG-001: an image is the one that was tested. A digest says so without a tag. */
import { draftImageReference } from '../../domain/image';
import { digestOf, imagesOf } from '../images';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** Images that change by themselves. */
export const exactImage = podRule(
  'WP-IMG-001',
  'a pod that is moved to another node comes back with another server than the one beside it',
  (pod) => {
    const images = imagesOf(pod);
    if (images.length === 0) return NOT_APPLICABLE;
    return images.flatMap(({ path, value, reference, about }): readonly Breach[] => {
      const bare = reference.split('@')[0] ?? '';
      if (digestOf(reference)?.legal && bare !== '') return [];
      const [problem] = draftImageReference('image', bare).problems;
      if (problem === undefined) return [];
      const message = reference === '' ? 'no image is named' : problem.message;
      return [{ path, value: value ?? undefined, message, allowed: problem.allowed, fix: problem.fix, about }];
    });
  },
);
