/** Reads quantiles of token lengths from JSON. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Draft, Findings, unwrap } from '../domain/problem';
import { checkTokens, type TokenQuantiles } from './token-mix';

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

function isQuantiles(value: unknown): value is TokenQuantiles {
  if (typeof value !== 'object' || value === null) return false;
  const { probs, inTokens, outTokens } = value as Readonly<Record<string, unknown>>;
  return isNumbers(probs) && isNumbers(inTokens) && isNumbers(outTokens);
}

/**
 * Reads `{ "NAME": { "probs": […], "inTokens": […], "outTokens": […] } }`; what else stands there is left alone.
 * @param name which entry is meant; by default the first
 */
export function draftTokenQuantiles(path: string, name?: string): Draft<TokenQuantiles> {
  const file = basename(path);
  const findings = new Findings(`${file} `);
  let entries: Readonly<Record<string, unknown>> = {};
  try {
    entries = Object(JSON.parse(readFileSync(path, 'utf8'))) as Readonly<Record<string, unknown>>;
  } catch (error) {
    findings.error('WP-TRACE-001', 'tokens', path, {
      message: `it cannot be read: ${(error as Error).message}`,
      allowed: 'a JSON file',
      fix: 'check path and file',
    });
    return findings.draft<TokenQuantiles>(undefined);
  }
  const [chosen = ''] = name === undefined ? Object.keys(entries) : [name];
  const mix = entries[chosen];
  if (!isQuantiles(mix)) {
    findings.error('WP-TRACE-008', 'tokens', chosen, {
      message: 'there are no quantiles of this name',
      allowed: 'an entry with probs, inTokens and outTokens, each a list of numbers',
      fix: `name one of ${Object.keys(entries).join(', ') || 'its entries, once there are any'}`,
    });
    return findings.draft<TokenQuantiles>(undefined);
  }
  checkTokens(findings, mix);
  return findings.draft(mix);
}

/**
 * Reads quantiles of token lengths.
 * @throws ProblemsError where the file has none of that name, or wrong ones
 */
export function readTokenQuantiles(path: string, name?: string): TokenQuantiles {
  return unwrap(draftTokenQuantiles(path, name));
}
