import { z } from 'zod';
import type { WireError } from './errors.ts';
import { time } from './common.ts';

export const SUBPROTOCOL = 'chinwag.v1';

/** Client to server: `type` is the name of a command, `data` its input, `id` comes back as `re`. */
export const requestFrame = z.object({
  id: z.union([z.number(), z.string().max(64)]),
  type: z.string().max(64),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type RequestFrame = z.infer<typeof requestFrame>;

export type ReplyFrame = { re: RequestFrame['id']; ok: true; data: unknown } | { re: RequestFrame['id'] | null; ok: false; error: WireError };

export const hello = z
  .object({
    connectionId: z.string(),
    userId: z.string(),
    epoch: z.string(),
    serverTime: time,
    heartbeatMs: z.number().int().describe('Send any frame (`{"type":"ping"}` will do) at least this often; after twice that the server closes.'),
    limits: z.object({
      messageCodePoints: z.number().int(),
      poll: z.object({
        questionCodePoints: z.number().int(),
        optionCodePoints: z.number().int(),
        options: z.number().int(),
        openMs: z.number().int().describe('How far ahead the end may be set.'),
      }),
      frameBytes: z.number().int(),
      framesPerSecond: z.number().int(),
      framesBurst: z.number().int(),
      rates: z
        .record(z.string(), z.object({ points: z.number().int(), seconds: z.number().int() }))
        .describe('Commands of each kind that a person may send in so many seconds; empty where nothing is limited.'),
    }),
  })
  .meta({ id: 'Hello' });
export type Hello = z.infer<typeof hello>;

export const socketTicketInput = z.object({});
export const socketTicket = z.object({ ticket: z.string(), expiresAt: time }).meta({ id: 'SocketTicket' });
