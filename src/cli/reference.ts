import { configEntries, type ConfigEntry } from '../config.ts';
import { commands } from '../features/index.ts';
import { errorTableText } from '../http/docs/errors.ts';
import { table } from '../http/docs/markdown.ts';
import { closeTableText, socketReference } from '../http/socket-reference.ts';
import { permissionSections } from './permissions.ts';

const origin = '<!-- Made by `bun src/cli/write-docs.ts`; change the code that it is made of. -->';

/** The pages of docs/ that are made from the code, by file name. */
export function referencePages(): Record<string, string> {
  return {
    'configuration.md': `${origin}\n\n${configurationDocs()}`,
    'errors.md': `${origin}\n\n${errorDocs()}`,
    'permissions.md': `${origin}\n\n${page(...permissionSections())}`,
    'socket.md': `${origin}\n\n${socketReference(commands)}`,
  };
}

/** What `chinwag config docs` prints: every setting with its default, its unit and what it is for. */
export function configurationDocs(): string {
  const rows = configEntries().map((entry) => [`\`${entry.name}\``, defaultText(entry), entry.unit, entry.description]);
  return page(
    '# Configuration',
    'Every setting is an environment variable. None has to be set on a first start. `chinwag config check` says what is wrong with yours. Lists are separated by commas.',
    table(['variable', 'default', 'unit', 'what it is for'], rows),
  );
}

function defaultText({ fallback, unit }: ConfigEntry): string {
  if (fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)) return '';
  if (unit === 'on/off') return fallback === true ? '`on`' : '`off`';
  return `\`${String(fallback)}\``;
}

function errorDocs(): string {
  return page(
    '# Errors',
    'Over both doors a refusal is `{ "error": { "code", "message", "details"?, "requestId", "retryAfter"? } }`; over the socket it stands in the reply.',
    [
      '- Programs look at `code`; `message` is for people and may change.',
      '- `details` names every wrong field with `path`, `message` and, where one was passed, `limit`.',
      '- `requestId` finds the request in the log of the server; over HTTP it is the header `X-Request-Id` as well.',
      '- `retryAfter` is in seconds, as in the header `Retry-After`.',
      '- *Repeat*: the same request may succeed later. Sends are safe to repeat under the same `clientId`, whatever the error was.',
    ].join('\n'),
    errorTableText(),
    'Below `/api/auth`, what the sign-in library refuses by itself (a wrong password, an address that is taken) is `{ "code", "message" }`.',
    '## Close codes of the socket',
    closeTableText(),
  );
}

const page = (...sections: string[]): string => `${sections.join('\n\n')}\n`;
