/** Two projects: `unit` needs nothing but Node; `real` runs the programs that `npm run tools` builds. */
const transform = {
  '^.+\\.tsx?$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
  ],
};

// D3 is published as modules, which jest does not load without a flag of Node; its other build is the same code.
const moduleNameMapper = { '^(d3-[a-z-]+|internmap)$': '<rootDir>/node_modules/$1/dist/$1.js' };

// Stryker copies the whole tree there.
const modulePathIgnorePatterns = ['<rootDir>/build/', '<rootDir>/bench/mutation/node_modules/'];

module.exports = {
  projects: [
    {
      displayName: 'unit',
      transform,
      moduleNameMapper,
      modulePathIgnorePatterns,
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/real/'],
    },
    {
      displayName: 'real',
      transform,
      moduleNameMapper,
      modulePathIgnorePatterns,
      testMatch: ['<rootDir>/test/real/**/*.test.ts'],
    },
  ],
};
