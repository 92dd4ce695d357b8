/** Longer than any test takes. On a machine that does other things as well a test is slow, not wrong. */
export const PATIENCE_MS = 30_000;
