import { z } from 'zod';
import { text, time } from './common.ts';

export const pushReasons = ['mention', 'reply', 'direct', 'message', 'added', 'reaction'] as const;
export type PushReason = (typeof pushReasons)[number];

const endpoint = text.min(1).describe('The address at the push service that the browser chose, as its PushSubscription has it.');
const base64url = z.string().regex(/^[\w-]+={0,2}$/, 'must be base64url');

export const pushKeyInput = z.object({});
export const pushKey = z
  .object({ publicKey: z.string().describe('`applicationServerKey` for the browser: a P-256 public key as base64url.') })
  .meta({ id: 'PushKey' });

/** What `PushSubscription.toJSON()` of a browser gives. */
export const pushSubscribeInput = z.object({
  endpoint,
  keys: z.object({
    p256dh: base64url.max(100).describe('The public key of the browser.'),
    auth: base64url.max(40).describe('The secret of the browser, 16 bytes.'),
  }),
  expirationTime: time.nullish(),
});

export const pushUnsubscribeInput = z.object({ endpoint });

export const pushSubscription = z
  .object({ endpoint: z.string(), createdAt: time, expiresAt: time.nullable().describe('When the browser said that it ends. Epoch milliseconds.') })
  .meta({ id: 'PushSubscription' });

/** What a service worker finds in a push, as JSON. */
export type PushMessage = {
  /** Stable: whatever comes twice has the same one. */
  id: string;
  kind: PushReason;
  conversationId: string;
  /** Null where somebody was added to a conversation. */
  messageId: string | null;
  /** Orders the pushes of a conversation. */
  seq: number;
  /** The conversation's title; in a direct one the name of whoever wrote or reacted. */
  title: string;
  /** The beginning of the text; in a group with the name of whoever wrote it. */
  body: string;
  /** Unread messages of the conversation. */
  unread: number;
  /** One notification a conversation: show it under this tag. */
  tag: string;
};
/** Close what is shown under this tag: it was read elsewhere. */
export type PushWithdrawal = { withdraw: string };
export type PushPayload = PushMessage | PushWithdrawal;
