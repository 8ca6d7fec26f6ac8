/** The tests that judge the mutants of one file: run.mjs names them. */
const [unit] = require('../../jest.config.js').projects;

module.exports = {
  rootDir: '../..',
  transform: unit.transform,
  setupFiles: ['<rootDir>/bench/mutation/few-runs.js'],
  testMatch: JSON.parse(process.env.MUTATION_TESTS ?? '[]').map((file) => `<rootDir>/${file}`),
};
