/** The table of contents: every case, in the order of a run. */
import type { Case } from '../scenario.ts';
import { cluster } from './cluster.ts';
import { growth } from './growth.ts';
import { http } from './http.ts';
import { idle } from './idle.ts';
import { pace } from './pace.ts';
import { rolling } from './rolling.ts';
import { search } from './search.ts';
import { sends } from './send.ts';
import { start } from './start.ts';
import { sync } from './sync.ts';

export const cases: Case[] = [...sends, ...pace, ...idle, ...http, ...sync, ...start, ...search, ...growth, ...cluster, ...rolling];
