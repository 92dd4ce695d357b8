/** Runs beside the pages, also when none is open: it has the pages where there is no network, shows what is pushed and opens what is clicked. */
import type { PushMessage, PushPayload } from '../../wire/push.ts';
import { pathOf } from '../path.ts';
import { receive, type Tray } from '../push/receive.ts';
import { createShell, type Shell } from './shell.ts';

type Extendable = Event & { waitUntil(work: Promise<unknown>): void };
type Page = { url: string; visibilityState: DocumentVisibilityState; postMessage(message: unknown): void; focus(): Promise<unknown> };
type Worker = {
  registration: Tray;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Page[]>;
    openWindow(path: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Extendable & { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
  addEventListener(type: 'push', listener: (event: Extendable & { data: { json(): PushPayload } | null }) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Extendable & { notification: { data: PushMessage; close(): void } }) => void): void;
};

/** Put in by the build. */
declare const SHELL: Shell;

/** The types of pages and of workers exclude each other; these are the few of a worker that are used here. */
const worker = globalThis as unknown as Worker;
const shell = createShell(SHELL, {
  origin: location.origin,
  caches,
  fetch: (request) => fetch(request),
  after: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

// A page has all that it needs once it is loaded, so a new version need not wait until the last page of the old one is closed.
worker.addEventListener('install', (event) => event.waitUntil(shell.keep().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(shell.dropOthers().then(() => worker.clients.claim())));
worker.addEventListener('fetch', (event) => {
  const answer = shell.answer(event.request);
  if (answer) event.respondWith(answer);
});
worker.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(receive(worker.registration, event.data.json()));
});
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { conversationId, messageId } = event.notification.data;
  event.waitUntil(open(pathOf(conversationId, messageId)));
});

/** In a page that is there, best one that is seen; otherwise in a new one. */
async function open(path: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0];
  if (!page) return void (await worker.clients.openWindow(path));
  // Pages of a worker are of its own origin; there is nothing to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  page.postMessage({ open: path });
  await page.focus();
}
