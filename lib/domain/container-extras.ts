/** What a team may add to a container: arguments and variables that neither open a hole nor undo a decision. */
import { checkObjectName, checkSecretKey, type SecretKey } from './names';
import type { Findings } from './problem';

/** Further environment variables with plain values. */
export type PlainEnv = Readonly<Record<string, string>>;

/** Arguments that a kind of container must never be given, and those that it keeps for itself. */
export interface ArgumentRules {
  readonly refusedFlags: Readonly<Record<string, string>>;
  readonly ownedFlags: readonly string[];
}

/** Servers accept `--max_model_len`, `--max-model-len=1`, `--flag.key=1` and unambiguous beginnings such as `--max-model`. */
function meansFlag(argument: string, flag: string): boolean {
  if (!argument.startsWith('-')) return false;
  const given = (argument.split(/[=.\s]/)[0] ?? argument).replaceAll('_', '-');
  if (!given.startsWith('--')) return given === flag;
  return flag === given || (given.length > 3 && flag.startsWith(given));
}

/** Reports arguments that open a hole (WP-RUN-005) or override what warmpath derives (WP-RUN-006). */
export function checkArguments(findings: Findings, prop: string, args: readonly string[], rules: ArgumentRules): void {
  for (const argument of args) {
    const hole = Object.entries(rules.refusedFlags).find(([flag]) => meansFlag(argument, flag));
    if (hole !== undefined) {
      const [flag, effect] = hole;
      findings.error('WP-RUN-005', prop, argument, {
        message: `it ${effect}`,
        allowed: 'flags that do not weaken the server',
        fix: flag === '--trust-remote-code' ? 'give trustRemoteCodeReason instead' : 'remove it',
      });
    } else if (rules.ownedFlags.some((flag) => meansFlag(argument, flag))) {
      findings.error('WP-RUN-006', prop, argument, {
        message: 'warmpath derives this flag, and timers, memory and policies hang on its value',
        allowed: 'flags that warmpath does not set',
        fix: 'use the prop of the service that stands for it',
      });
    }
  }
}

const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that usually hold a secret. */
const SECRET_NAME = /(^|_)(TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)($|_)/i;

/** Whether a variable of this name usually holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Loads foreign code into every program of the container. */
const LOADERS: Readonly<Record<string, string>> = {
  LD_PRELOAD: 'loads foreign code into the server',
  PYTHONPATH: 'loads foreign code into the server',
  PYTHONSTARTUP: 'loads foreign code into the server',
};

/** What environment variables are checked against. */
export interface EnvRules {
  readonly refused: Readonly<Record<string, string>>;
  /** Names that are set already. */
  readonly taken: readonly string[];
}

function checkEnvName(findings: Findings, prop: string, name: string, rules: EnvRules): boolean {
  const refused = { ...LOADERS, ...rules.refused };
  if (!ENV_NAME.test(name)) {
    findings.error('WP-RUN-013', prop, name, {
      message: 'this is no name of an environment variable',
      allowed: 'letters, digits and underscores, not first a digit',
      fix: 'correct the name',
    });
  } else if (Object.hasOwn(refused, name)) {
    findings.error('WP-RUN-007', prop, name, {
      message: `it ${refused[name]}`,
      allowed: 'variables that do not weaken the server',
      fix: 'remove it',
    });
  } else if (rules.taken.includes(name)) {
    findings.error('WP-RUN-013', prop, name, {
      message: 'this variable is set already, and directories, caches or other props hang on it',
      allowed: 'variables that neither warmpath nor another prop sets',
      fix: 'remove it',
    });
  } else {
    return true;
  }
  return false;
}

/** Reports variables that are illegal or taken (WP-RUN-013), open a hole (-007) or hold a secret (-008). */
export function checkEnv(findings: Findings, prop: string, env: PlainEnv, rules: EnvRules): void {
  for (const [name, value] of Object.entries(env)) {
    if (!checkEnvName(findings, prop, name, rules)) continue;
    if (typeof value !== 'string') {
      findings.error(
        'WP-RUN-013',
        prop,
        { [name]: value },
        {
          message: 'the value of a variable is a text',
          allowed: 'a text',
          fix: `write '${value}'`,
        },
      );
    } else if (isSecretName(name)) {
      findings.error('WP-RUN-008', prop, name, {
        message: 'a secret in a manifest is a secret in git',
        allowed: 'variables that hold no secret',
        fix: 'keep it in a Kubernetes Secret and name it in secretEnv',
      });
    }
  }
}

/** Variables whose values stand in Secrets, by name. */
export type SecretEnv = Readonly<Record<string, SecretKey>>;

/** Reports variables from Secrets by the same rules, and Secrets that could not exist (WP-NAME-004). */
export function checkSecretEnv(findings: Findings, env: SecretEnv, rules: EnvRules): void {
  for (const [name, secret] of Object.entries(env)) {
    checkEnvName(findings, 'secretEnv', name, rules);
    checkSecretKey(findings, `secretEnv.${name}`, secret);
  }
}

/** A claim of the namespace, mounted into the container. */
export interface ClaimMount {
  readonly claimName: string;
  /** Absolute path. */
  readonly mountPath: string;
  readonly readOnly: boolean;
}

const ABSOLUTE_PATH = /^(\/[\w.-]+)+$/;

/** Whether the text is an absolute path without ways back, in characters that no shell reads otherwise. */
export function isAbsolutePath(path: string): boolean {
  return typeof path === 'string' && ABSOLUTE_PATH.test(path) && !path.includes('..');
}

/** Directories of an image that nothing may be mounted over, nor into. */
const SYSTEM_PATHS = /^\/(bin|boot|dev|etc|lib|lib32|lib64|opt|proc|root|run|sbin|sys|usr|var)(\/|$)/;

/** Whether a volume may be mounted at the path: absolute, no part of the image, and none of the mounts of every pod. */
export function isOwnDirectory(path: string): boolean {
  return isAbsolutePath(path) && !SYSTEM_PATHS.test(path) && !/^\/tmp(\/|$)/.test(path);
}

/** The path that is taken already, lies inside the given one or holds it. */
export function clashOf(path: string, taken: readonly string[]): string | undefined {
  return taken.find((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
}

/** Reports claims that could not exist, and paths that are taken, inside each other or part of the image. */
export function checkMounts(
  findings: Findings,
  prop: string,
  mounts: readonly ClaimMount[],
  taken: readonly string[],
): void {
  const paths = [...taken];
  for (const { claimName, mountPath } of mounts) {
    checkObjectName(findings, prop, claimName);
    const clash = clashOf(mountPath, paths);
    const absolute = isAbsolutePath(mountPath);
    if (!absolute || clash !== undefined || SYSTEM_PATHS.test(mountPath)) {
      findings.error('WP-RES-006', prop, mountPath, {
        message: clash
          ? `it collides with ${clash}`
          : absolute
            ? 'it would hide a part of the image'
            : 'this is no absolute path',
        allowed: `an absolute path beside ${taken.join(', ')}`,
        fix: "mount it for example at '/data'",
      });
    }
    paths.push(mountPath);
  }
}
