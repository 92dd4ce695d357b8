#!/usr/bin/env bun
import { run } from './cli/index.ts';

process.exit(await run(process.argv.slice(2)));
