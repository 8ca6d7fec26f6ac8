#!/usr/bin/env node
/** The `warmpath` command. Each of its commands loads what it needs, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from './exit';
import type { Terminal } from './input';

/** Back to the beginning of the line, and nothing on it. */
const CLEAR_LINE = '\r\u001b[K';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  stdin: () => readFileSync(0, 'utf8'),
  ...(process.stderr.isTTY && { progress: (text: string) => void process.stderr.write(`${CLEAR_LINE}${text}`) }),
};

/** From the package that this file belongs to, built or not. */
function version(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8'));
      if (name === 'warmpath') return version;
    } catch {}
  }
  return 'unknown';
}

type Command = (args: readonly string[]) => number | Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  check: (args) => (require('./check') as typeof import('./check')).check(args, terminal, version()),
  plan: (args) => (require('./plan') as typeof import('./plan')).plan(args, terminal),
  simulate: (args) => (require('./simulate') as typeof import('./simulate')).simulateCommand(args, terminal),
};

const HELP = `warmpath COMMAND

  check     hold Kubernetes YAML to the rules, whoever wrote it
  plan      say what the services of an environment promise, how fast they grow and what they cost
  simulate  play a trace against a service as its manifests describe it

warmpath COMMAND --help says more. warmpath --version prints the version.
`;

async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command !== undefined && Object.hasOwn(COMMANDS, command)) return COMMANDS[command]?.(args) ?? EXIT.unusable;
  if (command === '--version') {
    terminal.out(version());
    return EXIT.clean;
  }
  const help = command === undefined || command === 'help' || command === '--help' || command === '-h';
  if (help) terminal.out(HELP);
  else {
    const names = Object.keys(COMMANDS).join(', ');
    terminal.err(`warmpath: there is no command '${command}'. Allowed: ${names}. Fix: see warmpath --help.`);
  }
  return help ? EXIT.clean : EXIT.unusable;
}

// Whoever reads may have seen enough, as `head` has; the exit code is the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exitCode = EXIT.unusable;
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    terminal.progress?.('');
    // Node would end with 1, which stands for findings.
    terminal.err(`warmpath: this is a mistake of warmpath, please report it. ${(error as Error).stack ?? error}`);
    process.exitCode = EXIT.unusable;
  },
);
