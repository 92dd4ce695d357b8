/* What the servers say differently. No JSON parser: each frame is known by how it begins. */
#define _GNU_SOURCE
#include "client.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGINS(text, length, prefix) ((length) >= sizeof(prefix) - 1 && !memcmp(text, prefix, sizeof(prefix) - 1))

static void write_upgrade(Buffer *request, const Socket *socket, const char *path, const char *token, const char *protocol) {
  put_format(request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", path, socket->port);
  put_text(request, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  if (token) put_format(request, "Authorization: Bearer %s\r\n", token);
  if (protocol) put_format(request, "Sec-WebSocket-Protocol: %s\r\n", protocol);
  put_text(request, "\r\n");
}

static void chinwag_upgrade(Socket *socket, Buffer *request) { write_upgrade(request, socket, "/api/chat/ws", socket->token, "chinwag.v1"); }

static void limit_upgrade(Socket *socket, Buffer *request) {
  char path[1024];
  snprintf(path, sizeof path, "/?rooms=%s", rooms[socket->room].name);
  write_upgrade(request, socket, path, NULL, NULL);
}

static void chinwag_receive(Socket *socket, char *text, size_t length) {
  if (BEGINS(text, length, "{\"type\":\"message.created\"")) delivered(socket, text, length);
  else if (BEGINS(text, length, "{\"re\":")) {
    char *end;
    uint32_t id = (uint32_t)strtoul(text + 6, &end, 10);
    if (!BEGINS(end, length - (size_t)(end - text), ",\"ok\":true")) fail("refused: %.*s", (int)length, text);
    answered(socket, id);
  } else if (BEGINS(text, length, "{\"type\":\"hello\"")) joined(socket);
}

static void chinwag_send(Socket *socket, uint32_t id, const char *content, size_t length, Buffer *text) {
  put_format(text, "{\"id\":%u,\"type\":\"message.send\",\"data\":{\"conversationId\":\"%s\",\"clientId\":\"%llx-%x-%x\",\"content\":\"", id,
             rooms[socket->room].name, (unsigned long long)run_id, socket->number_in_room, id);
  put(text, content, length);
  put_text(text, "\"}}");
}

static void socketio_upgrade(Socket *socket, Buffer *request) {
  write_upgrade(request, socket, "/socket.io/?EIO=4&transport=websocket", NULL, NULL);
}

static void socketio_receive(Socket *socket, char *text, size_t length) {
  if (BEGINS(text, length, "42[\"message.created\"")) delivered(socket, text, length);
  else if (BEGINS(text, length, "43")) {
    char *end;
    uint32_t id = (uint32_t)strtoul(text + 2, &end, 10);
    if (!BEGINS(end, length - (size_t)(end - text), "[{\"ok\":true")) fail("refused: %.*s", (int)length, text);
    answered(socket, id);
  } else if (BEGINS(text, length, "2")) send_text(socket, "3", 1);
  else if (BEGINS(text, length, "40")) joined(socket);
  else if (BEGINS(text, length, "44")) fail("refused: %.*s", (int)length, text);
  else if (BEGINS(text, length, "0")) {
    char hello[2048];
    int size = snprintf(hello, sizeof hello, "40{\"token\":\"%s\"}", socket->token ? socket->token : "");
    send_text(socket, hello, (size_t)size);
  }
}

static void socketio_send(Socket *socket, uint32_t id, const char *content, size_t length, Buffer *text) {
  put_format(text, "42%u[\"message.send\",{\"conversationId\":\"%s\",\"clientId\":\"%llx-%x-%x\",\"content\":\"", id, rooms[socket->room].name,
             (unsigned long long)run_id, socket->number_in_room, id);
  put(text, content, length);
  put_text(text, "\"}]");
}

static const Adapter adapters[] = {
  {"chinwag", true, chinwag_upgrade, chinwag_receive, chinwag_send, "{\"type\":\"ping\"}"},
  {"limit", false, limit_upgrade, chinwag_receive, chinwag_send, NULL},
  {"socketio", false, socketio_upgrade, socketio_receive, socketio_send, NULL},
};

const Adapter *adapter_named(const char *name) {
  for (size_t i = 0; i < sizeof adapters / sizeof *adapters; i++)
    if (!strcmp(adapters[i].name, name)) return &adapters[i];
  fail("no adapter is called %s", name);
}
