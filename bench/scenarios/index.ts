/** The table of contents: every case, in the order of a run. */
import type { Case } from '../scenario.ts';
import { sends } from './send.ts';

export const cases: Case[] = [...sends];
