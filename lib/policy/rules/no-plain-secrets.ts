/** WP-RUN-008: neither the environment nor the command line of a container holds a secret. */
import { isSecretName } from '../../domain/container-extras';
import { at, list, type Path, text } from '../json';
import { containersOf, type PlacedContainer } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** A name beside the secret: where it lies, how long it lives, whether it is used. */
const BESIDE =
  /_(FILE|FILES|PATH|DIR|NAME|NAMES|ID|URL|URI|ENDPOINT|HOST|PORT|AUDIENCE|ISSUER|TYPE|MODE|ENABLED|DISABLED|REQUIRED|EXPIRY|EXPIRATION|TTL|TIMEOUT|SECONDS|MINUTES|HOURS|LENGTH|SIZE|LIMIT|COUNT|REF|KEY_NAME|SECRET_NAME)$/i;

/** Values that are no secret whatever the name says: nothing, numbers, switches, paths, other variables. */
const HARMLESS = /^(\s*|-?[\d.]+|true|false|yes|no|on|off|none|null|[./]\/?[\w./-]*|\$\([\w.-]+\)|\$\{?\w+\}?)$/i;

/** Tokens that say by themselves what they are: Hugging Face, GitHub, AWS, Slack, OpenAI; keys; passwords in addresses. */
const TELLING =
  /\bhf_[A-Za-z0-9]{30,}|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{40,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-[\w-]{20,}|\bsk-[\w-]{32,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^\s/:@$]+:[^\s/@$]+@/;

/** `--api-key` as a variable would be called. */
function asVariable(flag: string): string {
  return flag.replace(/^-+/, '').replace(/[-.]/g, '_');
}

function isSecret(name: string, value: string): boolean {
  if (TELLING.test(value)) return true;
  return isSecretName(name) && !BESIDE.test(name) && !HARMLESS.test(value);
}

interface Found {
  readonly path: Path;
  readonly name: string;
}

function inEnv({ container, path }: PlacedContainer): readonly Found[] {
  return list(container.env).flatMap((variable, index) => {
    const name = text(at(variable, 'name')) ?? '';
    const value = text(at(variable, 'value')) ?? '';
    return isSecret(name, value) ? [{ path: [...path, 'env', index, 'value'], name }] : [];
  });
}

function inArguments({ container, path }: PlacedContainer): readonly Found[] {
  return ['command', 'args'].flatMap((field) => {
    const words = list(container[field]).map(String);
    return words.flatMap((word, index) => {
      const [flag = '', ...inline] = word.startsWith('-') ? word.split('=') : [''];
      const before = words[index - 1] ?? '';
      // The value of a flag is behind `=`, or the next argument, unless that is a flag itself.
      const [name, value] =
        inline.length > 0
          ? [flag, inline.join('=')]
          : before.startsWith('--') && !before.includes('=') && !word.startsWith('-')
            ? [before, word]
            : ['', word];
      return isSecret(asVariable(name), value) ? [{ path: [...path, field, index], name: name || field }] : [];
    });
  });
}

/** Secrets that stand in git and in `kubectl describe`. */
export const noPlainSecrets = podRule(
  'WP-RUN-008',
  'everybody who may read the repository or the pod reads the secret, and it stays in the history for ever',
  (pod) => {
    const containers = containersOf(pod);
    const fields = ['env', 'command', 'args'];
    if (!containers.some(({ container }) => fields.some((field) => list(container[field]).length > 0))) {
      return NOT_APPLICABLE;
    }
    return containers
      .flatMap((placed) => [...inEnv(placed), ...inArguments(placed)])
      .map(
        ({ path, name }): Breach => ({
          path,
          // The value is not repeated into logs and reports.
          value: '(hidden)',
          message: `'${name}' holds what looks like a secret`,
          allowed: 'valueFrom.secretKeyRef, or a file of a mounted Secret',
          fix: 'move it to a Secret, name that, and renew the secret if it was real',
          about: `Variable/${name}`,
        }),
      );
  },
);
