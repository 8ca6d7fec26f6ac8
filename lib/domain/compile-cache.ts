/** What a server compiled once, brought to its pods in an image, so that they do not compile it again. */
import { clashOf, isAbsolutePath } from './container-extras';
import { draftImageReference, draftPinnedImage, type ImageLock } from './image';
import type { RuntimeKind, RuntimeProfile } from './inference-runtime';
import { RUNTIMES } from './inference-runtime-table';
import { type Draft, Findings } from './problem';
import { shellQuote } from './start-script';

/**
 * An image with the compile cache of a pod of this service that became ready once. It has to hold `sh`, `cp`, `mkdir` and
 * `chmod`, and files that every user may read.
 *
 * A cache fits the model, the version of the server, the GPU and the arguments that it was made with. vLLM looks it up by
 * those (vllm/compilation/backends.py of 0.33.0) and compiles again what does not fit; SGLang keys its parts by what they
 * were compiled from. It is code that the server runs (pickled, as Python and as kernels), so trust and pin it like the
 * server's own image.
 */
export interface CompileCacheSpec {
  /** `repository:tag[@sha256:...]`. */
  readonly image: string;
  /** Directory of the image that stands for the server's `~/.cache`. @default '/compile-cache' */
  readonly path?: string;
}

/** How the cache gets into a pod: a container that runs before the server. */
export interface CompileCachePlan {
  readonly image: string;
  readonly command: readonly string[];
  /** Where that container sees the volume that is HOME for the server. */
  readonly homeMount: string;
}

/** Name of that container. */
export const COMPILE_CACHE = 'compile-cache';

const DEFAULT_PATH = '/compile-cache';

/** Apart from everything that an image may hold, so that nothing of it is hidden. */
const HOME_MOUNT = '/mnt/home';

/** sysexits.h EX_CONFIG, as where a secret is missing. */
const EXIT_CODE = 78;

/**
 * Copies the directories of the table and nothing else: weights that were downloaded beside them would fill the disk. The
 * copy is the server's own, to write what it misses, also where the image says read-only.
 */
function copyCommand(path: string, directories: readonly string[]): readonly string[] {
  const none = `warmpath: the image has no compile cache: none of ${directories.join(', ')} below ${path}`;
  const script = [
    'set -e',
    `cache=${HOME_MOUNT}/.cache`,
    'found=no',
    `for directory in ${directories.join(' ')}; do`,
    `  [ -d ${path}/"$directory" ] || continue`,
    '  mkdir -p "$cache/$directory"',
    `  cp -Rf ${path}/"$directory"/. "$cache/$directory"`,
    '  found=yes',
    'done',
    `[ "$found" = yes ] || { echo ${shellQuote(none)} >&2; exit ${EXIT_CODE}; }`,
    'chmod -R u+rwX "$cache"',
  ];
  return ['sh', '-c', script.join('\n')];
}

function checkPath(findings: Findings, path: string): void {
  if (isAbsolutePath(path) && clashOf(path, [HOME_MOUNT]) === undefined) return;
  findings.error('WP-RUN-019', 'compileCache.path', path, {
    message: 'nothing can be copied from there',
    allowed: `an absolute path beside ${HOME_MOUNT}`,
    fix: `leave it out for '${DEFAULT_PATH}'`,
  });
}

const hasCache = (kind: string): boolean => RUNTIMES[kind as RuntimeKind].profile.compileCache !== undefined;

/** What a cache is judged by. */
interface CompileCacheContext {
  readonly runtime: RuntimeProfile;
  readonly lock?: ImageLock;
  /** Whether the team measured the warm-up. */
  readonly measured: boolean;
}

/** Decides how the cache gets into the pods of the server, and gathers everything that is wrong with it. */
export function draftCompileCache(
  { image, path = DEFAULT_PATH }: CompileCacheSpec,
  { runtime: { name, compileCache }, lock, measured }: CompileCacheContext,
): Draft<CompileCachePlan> {
  const findings = new Findings();
  if (compileCache === undefined) {
    findings.error('WP-RUN-018', 'compileCache', image, {
      message: `no document says that ${name} takes over what another server compiled`,
      allowed: Object.keys(RUNTIMES).filter(hasCache).join(', '),
      fix: 'leave it out',
    });
  }
  checkPath(findings, path);
  if (!measured) {
    findings.warning('WP-COLD-005', 'coldStart.warmup', undefined, {
      message:
        'what the compile cache saves differs with model and server, so that the budget counts as if there were none',
      allowed: 'p50 and p95 of your own pods with the cache',
      fix: 'measure them and set coldStart.warmup',
    });
  }
  const reference = findings.adopt(draftImageReference('compileCache.image', image));
  const pinned = reference && findings.adopt(draftPinnedImage('compileCache.image', reference, lock));
  if (compileCache === undefined || pinned === undefined) return findings.draft<CompileCachePlan>(undefined);
  const command = copyCommand(path, Object.keys(compileCache.directories));
  return findings.draft({ image: pinned, command, homeMount: HOME_MOUNT });
}
