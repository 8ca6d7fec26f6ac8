/** WP-IMG-003: a tag can be moved by whoever may push, a digest by nobody. */
import { digestOf, imagesOf } from '../images';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** Images by tag alone. */
export const pinnedImage = podRule('WP-IMG-003', 'whoever may push to the registry decides what runs here', (pod) => {
  const images = imagesOf(pod).filter(({ reference }) => reference !== '');
  if (images.length === 0) return NOT_APPLICABLE;
  return images.flatMap(({ path, reference, about }): readonly Breach[] => {
    const digest = digestOf(reference);
    if (digest?.legal) return [];
    const breach: Breach = {
      path,
      value: reference,
      message: digest === undefined ? 'it is pinned by tag only' : `'${digest.text}' is no digest`,
      allowed: 'a tag with @sha256: and 64 lower-case hex digits',
      fix: 'append the digest that the registry prints',
      about,
      // What is no digest cannot even be pulled.
      severity: digest === undefined ? 'warning' : 'error',
    };
    return [breach];
  });
});
