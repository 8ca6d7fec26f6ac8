/** A mutant is tried thousands of times; each property runs a few times instead of some hundred. */
const { default: fc } = require('fast-check');

const RUNS = 15;
const { assert } = fc;

fc.assert = (property, options) => assert(property, { ...options, numRuns: Math.min(options?.numRuns ?? RUNS, RUNS) });
