/** What a team usually builds: Express, Socket.IO and Sequelize on Postgres, with JWT. */
/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 hands what is thrown to its error handler. */
import { createServer } from 'node:http';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Server } from 'socket.io';
import { listConversations, listMessages, Refused, sendMessage } from './messages.js';
import { Member, sequelize } from './models.js';

await sequelize.sync();
const app = express();
const server = createServer(app);
const io = new Server(server, { transports: ['websocket'], serveClient: false });

function userOf(token) {
  const { sub, name } = jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] });
  return { id: sub, name };
}

app.disable('x-powered-by');
app.get('/healthz', (_request, response) => void response.send('ok'));
app.use(express.json());
app.use((request, _response, next) => {
  try {
    request.user = userOf((request.get('authorization') ?? '').replace(/^Bearer /, ''));
  } catch {
    return next(new Refused(401, 'not signed in'));
  }
  next();
});
app.get('/conversations', async (request, response) => response.json(await listConversations(request.user)));
app.get('/conversations/:id/messages', async (request, response) =>
  response.json(await listMessages(request.user, request.params.id, request.query)),
);
app.post('/conversations/:id/messages', async (request, response) =>
  response.status(201).json(await sendMessage(io, request.user, { ...request.body, conversationId: request.params.id })),
);
// Express knows an error handler by its four parameters.
app.use((error, _request, response, _next) => {
  if (!(error instanceof Refused)) console.error(error);
  response.status(error.status ?? 500).json({ error: error instanceof Refused ? error.message : 'internal' });
});

io.use((socket, next) => void admit(socket, next));
async function admit(socket, next) {
  try {
    socket.data.user = userOf(socket.handshake.auth.token);
    const rows = await Member.findAll({ where: { userId: socket.data.user.id }, attributes: ['conversationId'], raw: true });
    socket.data.conversations = rows.map((row) => row.conversationId);
    next();
  } catch {
    next(new Error('not signed in'));
  }
}
io.on('connection', (socket) => {
  void socket.join(socket.data.conversations);
  socket.on('message.send', async (input, acknowledge) => {
    try {
      const { id, createdAt } = await sendMessage(io, socket.data.user, input);
      acknowledge({ ok: true, id, createdAt });
    } catch (error) {
      if (!(error instanceof Refused)) console.error(error);
      acknowledge({ ok: false, error: error instanceof Refused ? error.message : 'internal' });
    }
  });
});

// For measuring what connections keep.
process.on('SIGUSR2', () => globalThis.gc?.());
server.listen(Number(process.env.PORT), process.env.HOST);
