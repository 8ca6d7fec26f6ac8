/** Container images: exact tags, and digests where one is known. A digest is read somewhere, never made up. */
import { type Draft, Findings } from './problem';

/** Digests by `repository:tag`; the committed images.lock, filled by `npm run images:lock`. */
export type ImageLock = Readonly<Record<string, string>>;

/** An image by exact tag. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:<64 hex>` with the public source it was read from. */
  readonly digest?: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const REFERENCE = /^((?:[\w.-]+(?::\d+)?\/)?[a-z0-9._-]+(?:\/[a-z0-9._-]+)*):([\w][\w.-]{0,127})(?:@(.+))?$/;

/** Whether the text is a digest as registries print it. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** Tags that name whatever was pushed last. */
const MOVING_TAGS = /(^|[-_.])(latest|stable|nightly|main|master|dev|edge)($|[-_.])/;

/** Splits `repository:tag[@digest]`; what is not exact is a problem. */
export function draftImageReference(prop: string, text: string): Draft<ImageReference> {
  const findings = new Findings();
  const [, repository, tag, digest] = REFERENCE.exec(text) ?? [];
  if (repository === undefined || tag === undefined || MOVING_TAGS.test(tag)) {
    findings.error('WP-IMG-001', prop, text, {
      message: 'this image can change under a running service',
      allowed: 'repository:tag with an exact version, optionally @sha256:<64 hex>',
      fix: 'name the version that you tested',
    });
    return findings.draft<ImageReference>(undefined);
  }
  if (digest !== undefined && !DIGEST.test(digest)) {
    findings.error('WP-IMG-002', prop, text, {
      message: 'this is no digest',
      allowed: 'sha256: and 64 lower-case hex digits',
      fix: 'copy the digest that the registry prints',
    });
    return findings.draft<ImageReference>(undefined);
  }
  return findings.draft<ImageReference>({ repository, tag, digest });
}

/** The text for a pod spec: the lock's digest first, then the table's, else the tag alone with a warning. */
export function draftPinnedImage(prop: string, image: ImageReference, lock: ImageLock = {}): Draft<string> {
  const findings = new Findings();
  const tagged = `${image.repository}:${image.tag}`;
  const locked = Object.hasOwn(lock, tagged) ? lock[tagged] : undefined;
  if (locked !== undefined && !DIGEST.test(locked)) {
    findings.error('WP-IMG-002', prop, locked, {
      message: `images.lock holds no digest for ${tagged}`,
      allowed: 'sha256: and 64 lower-case hex digits',
      fix: "run 'npm run images:lock' again",
    });
  }
  const digest = locked ?? image.digest;
  if (digest !== undefined) return findings.draft(`${tagged}@${digest}`);
  findings.warning('WP-IMG-003', prop, tagged, {
    message:
      'it is pinned by tag only, and a registry can move a tag: no public source names a digest and images.lock has none',
    allowed: 'a tag with a digest',
    fix: "run 'npm run images:lock' where the registry can be reached, and commit images.lock",
  });
  return findings.draft(tagged);
}
