/** The limit: the runtime's own publish/subscribe, without database, sign-in or checks. One JSON frame in, the same frame to all and a reply. */
const server = Bun.serve<{ room: string }>({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, listening) {
    const room = new URL(request.url).searchParams.get('room') ?? '0';
    return listening.upgrade(request, { data: { room } }) ? undefined : new Response(null, { status: 426 });
  },
  websocket: {
    open(socket) {
      socket.subscribe(socket.data.room);
      socket.send('{"type":"hello"}');
    },
    message(socket, text) {
      const frame = JSON.parse(String(text));
      server.publish(socket.data.room, JSON.stringify({ type: 'message.created', data: frame.data }));
      socket.send(JSON.stringify({ re: frame.id, ok: true }));
    },
  },
});
console.log(JSON.stringify({ port: server.port }));
