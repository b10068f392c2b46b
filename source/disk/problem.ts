/** Bad input from the person or a file: told in one or more lines, exit code 2, nothing done. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem';
}
