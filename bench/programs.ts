/** Programs that are measured: how long, how much memory, and why not. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a program ended. */
export interface Run {
  readonly seconds: number;
  /** Undefined where the system does not tell. */
  readonly peakBytes: number | undefined;
  readonly stdout: string;
}

/** A measurement that could not be made, in words for the table. */
export class NotMeasured extends Error {}

/** The most that a process has held so far; Linux tells, as long as it lives. */
export function peakBytesOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

const POLL_MILLISECONDS = 10;

/** Runs a program to its end. */
export async function measured(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutSeconds: number },
): Promise<Run> {
  const started = performance.now();
  const child = spawn(command, args, { ...options, timeout: options.timeoutSeconds * 1000 });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (data: Buffer) => stdout.push(data));
  child.stderr?.on('data', (data: Buffer) => stderr.push(data));
  let peakBytes: number | undefined;
  const poll = setInterval(() => {
    peakBytes = (child.pid === undefined ? undefined : peakBytesOf(child.pid)) ?? peakBytes;
  }, POLL_MILLISECONDS);
  try {
    const ended = await new Promise<number | NodeJS.Signals | null>((done, failed) => {
      child.once('error', (error) => failed(new NotMeasured(`${command} cannot be run: ${error.message}`)));
      child.once('close', (status, signal) => done(status ?? signal));
    });
    const seconds = (performance.now() - started) / 1000;
    if (ended === 'SIGTERM') throw new NotMeasured(`not finished after ${Math.round(seconds)} s`);
    if (ended !== 0) {
      const lines = Buffer.concat(stderr).toString().trim().split('\n');
      throw new NotMeasured(`ended with ${ended}: ${lines.at(-1)?.slice(0, 200)}`);
    }
    return { seconds, peakBytes, stdout: Buffer.concat(stdout).toString() };
  } finally {
    clearInterval(poll);
  }
}

/** Runs a measurement several times and keeps the run in the middle. */
export async function median<T>(runs: number, secondsOf: (result: T) => number, run: () => Promise<T>): Promise<T> {
  const results: T[] = [];
  for (let index = 0; index < runs; index += 1) results.push(await run());
  const middle = results.sort((a, b) => secondsOf(a) - secondsOf(b))[Math.floor(results.length / 2)];
  if (middle === undefined) throw new NotMeasured('no run was asked for');
  return middle;
}
