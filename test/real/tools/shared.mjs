/** What the kinds of tools have in common. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the tables and of one folder for each pinned module. */
export const here = dirname(fileURLToPath(import.meta.url));

/** An error whose message is for the user: what is wrong, what is allowed, the fix. */
export class ToolsError extends Error {}

/** The folder of the built programs: WARMPATH_TOOLS_DIR, else the user's cache folder. */
export function cacheDir() {
  const explicit = process.env.WARMPATH_TOOLS_DIR;
  if (explicit) return resolve(explicit);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'warmpath', 'tools');
}

/** One key for texts in their order. */
export function hash(parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}

/** Whether one dotted version is less (< 0), equal or more (> 0) than another, by three places. */
export function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
