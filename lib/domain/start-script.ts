/**
 * Environment variables from files. Kubernetes reads variables from its own Secrets only, so a container whose values
 * come as files reads them itself before it becomes the server, and does not start without them.
 */

/** A file with `export NAME='value'` lines. */
export interface ExportFile {
  readonly kind: 'exports';
  readonly path: string;
  /** The variables that have to be set when it was read. */
  readonly names: readonly string[];
  /** Why it may be missing, for the log of the container. */
  readonly otherwise: string;
}

/** A file whose bytes are the value of one variable. */
export interface ValueFile {
  readonly kind: 'value';
  readonly path: string;
  readonly name: string;
  readonly otherwise: string;
}

export type StartFile = ExportFile | ValueFile;

/** sysexits.h EX_CONFIG: tells a missing secret from a crash of the server. */
const EXIT_CODE = 78;

/** The text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command as one line of a POSIX shell that runs these very words. */
export function shellLine(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word))).join(' ');
}

function read(file: StartFile): readonly string[] {
  const path = shellQuote(file.path);
  const otherwise = shellQuote(file.otherwise);
  const present = `[ -r ${path} ] || missing ${path} ${otherwise}`;
  if (file.kind === 'exports') {
    const set = file.names.map((name) => `[ "\${${name}+set}" ] || missing ${name} ${otherwise}`);
    return [present, `. ${path}`, ...set];
  }
  const { name } = file;
  // Substitution drops newlines at the end, which may belong to the value; backquotes, because the kubelet reads $(...).
  return [
    present,
    `${name}=\`cat ${path} && printf x\` || missing ${path} ${otherwise}`,
    `export ${name}="\${${name}%x}"`,
  ];
}

/**
 * The command that reads the files, then becomes the given command: signals reach the server as process 1.
 * Needs /bin/sh in the image; without files it is the given command.
 */
export function startCommand(files: readonly StartFile[], command: readonly string[]): readonly string[] {
  if (files.length === 0) return command;
  const script = [
    `missing() { echo "warmpath: $1 is missing, so nothing is started: $2" >&2; exit ${EXIT_CODE}; }`,
    ...files.flatMap(read),
    'exec "$@"',
  ];
  return ['/bin/sh', '-c', script.join('\n'), 'warmpath', ...command];
}
