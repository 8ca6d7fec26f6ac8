/** What exit codes say. */
export const EXIT = {
  /** Nothing to object to. */
  clean: 0,
  /** Findings, of `warmpath check`. */
  findings: 1,
  /** The arguments are wrong, a file could not be read, or the program failed: nothing is said. */
  unusable: 2,
} as const;
