/** One word after `chinwag`. */
export type CliCommand = {
  summary: string;
  /** What `--help` prints. */
  usage: string;
  /** Resolves with the exit code: 0 done, 1 failed, 2 called wrongly. */
  run(args: string[]): Promise<number>;
};

/** A failure that is expected and told in a sentence, with what to do about it. */
export class CliError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
