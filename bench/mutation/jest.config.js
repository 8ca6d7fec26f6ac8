/** The tests that judge mutants: those of the pure folders, without those that start programs or count mistakes. */
const [unit] = require('../../jest.config.js').projects;

module.exports = {
  transform: unit.transform,
  rootDir: '../..',
  setupFiles: ['<rootDir>/bench/mutation/few-runs.js'],
  testMatch: ['<rootDir>/test/domain/**/*.test.ts', '<rootDir>/test/policy/**/*.test.ts', '<rootDir>/test/cli/**/*.test.ts'],
  // Programs that are started, mistakes that are counted, and sources that are read as text tell nothing of a mutant.
  testPathIgnorePatterns: ['cdk8s-validation', 'policy/mutation', 'domain/rules'],
};
