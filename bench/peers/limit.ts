/** The limit: the runtime's own publish/subscribe, without database, sign-in or checks. One JSON frame in, the same frame to all and a reply. */
const server = Bun.serve<{ rooms: string[] }>({
  port: Number(process.env.PORT),
  hostname: '127.0.0.1',
  fetch(request, listening) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/healthz') return new Response('ok');
    const rooms = (searchParams.get('rooms') ?? '').split(',');
    return listening.upgrade(request, { data: { rooms } }) ? undefined : new Response(null, { status: 426 });
  },
  websocket: {
    open(socket) {
      for (const room of socket.data.rooms) socket.subscribe(room);
      socket.send('{"type":"hello"}');
    },
    message(socket, text) {
      const { id, data } = JSON.parse(String(text));
      server.publish(data.conversationId, JSON.stringify({ type: 'message.created', data }));
      socket.send(JSON.stringify({ re: id, ok: true }));
    },
  },
});
process.on('SIGUSR2', () => Bun.gc(true));
