#!/usr/bin/env node
/** The `warmpath` command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECK_HELP, check, EXIT, type Terminal } from './check';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  stdin: () => readFileSync(0, 'utf8'),
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

function main([command, ...args]: readonly string[]): number {
  if (command === 'check') return check(args, terminal, version());
  if (command === '--version') {
    terminal.out(version());
    return EXIT.clean;
  }
  const help = command === undefined || command === 'help' || command === '--help' || command === '-h';
  if (help) terminal.out(CHECK_HELP);
  else terminal.err(`warmpath: there is no command '${command}'. Allowed: check. Fix: see warmpath --help.`);
  return help ? EXIT.clean : EXIT.unusable;
}

// Whoever reads may have seen enough, as `head` has; the exit code is the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') process.exitCode = EXIT.unusable;
  });
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  // Node would end with 1, which stands for findings.
  terminal.err(`warmpath: this is a mistake of warmpath, please report it. ${(error as Error).stack ?? error}`);
  process.exitCode = EXIT.unusable;
}
