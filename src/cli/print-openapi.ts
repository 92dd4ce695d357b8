import { readConfig } from '../config.ts';
import { commands } from '../features/index.ts';
import { openapiDocument } from '../http/openapi.ts';

/** For `bun run lint:api`, and for generators that want a file: the document as a server with default settings gives it. */
console.log(JSON.stringify(openapiDocument(commands, readConfig({}, {})), null, 2));
