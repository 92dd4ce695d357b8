/** A bare route of the web framework: JSON in and out, without database, sign-in or checks. What the S5 figures are a share of. */
import { Hono } from 'hono';

/** As large as Chinwag's, so that both write the same JSON. */
const message = (seq: number) => ({
  id: crypto.randomUUID(),
  conversationId: crypto.randomUUID(),
  seq,
  rev: seq,
  clientId: `c-${seq}`,
  sender: { id: crypto.randomUUID(), name: 'Somebody', avatarUrl: null, kind: 'user' },
  type: 'text',
  content: 'x'.repeat(200),
  metadata: {},
  mentions: [],
  alsoToConversation: false,
  forwardedFrom: null,
  threadId: null,
  replyTo: null,
  thread: null,
  pinned: null,
  attachments: [],
  reactions: [],
  status: 'sent',
  createdAt: 1_767_225_600_000,
  editedAt: null,
  deletedAt: null,
  capabilities: { edit: true, delete: true, reply: true, react: true, forward: true },
});
const page = { items: Array.from({ length: 50 }, (_, i) => message(i + 1)), cursor: null };

const app = new Hono()
  .get('/healthz', (c) => c.text('ok'))
  .get('/conversations/:conversationId/messages', (c) => c.json(page))
  .post('/conversations/:conversationId/messages', async (c) => {
    const { clientId, content } = await c.req.json<{ clientId: string; content: string }>();
    return c.json({ ...message(1), clientId, content }, 201);
  });

export default { port: Number(process.env.PORT), hostname: '127.0.0.1', fetch: app.fetch };
