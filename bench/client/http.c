/* Requests over connections that stay open, one in flight each. */
#define _GNU_SOURCE
#include "client.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t answers;
static uint64_t bytes_read, last_at;
static Histogram latency;

static void ask(Socket *socket) {
  static char filling[8192];
  uint32_t number = ++socket->requests;
  const char *room = rooms[socket->room].name;
  Buffer *out = &socket->out;
  bool posts = !strcmp(options.method, "POST");
  char body[9216];
  int length = 0;
  if (posts) {
    memset(filling, 'x', (size_t)options.bytes);
    length = snprintf(body, sizeof body, "{\"clientId\":\"%llx-%x-%x\",\"content\":\"%.*s\"}", (unsigned long long)run_id,
                      socket->number_in_room, number, options.bytes, filling);
  }
  put_format(out, "%s ", options.method);
  const char *hole = strstr(options.path, "{}");
  if (hole) put_format(out, "%.*s%s%s", (int)(hole - options.path), options.path, room, hole + 2);
  else put_text(out, options.path);
  put_format(out, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n", socket->port, socket->token);
  if (posts) put_format(out, "Content-Type: application/json\r\nContent-Length: %d\r\n", length);
  put_text(out, "\r\n");
  put(out, body, (size_t)length);
  socket->next_seq = now_ns();
}

static void on_connect(Socket *socket) {
  socket->phase = READY;
  ask(socket);
}

/* The length of the whole answer at the front, 0 when it is not all there. */
static size_t answer_length(const char *data, size_t length) {
  const char *end = memmem(data, length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t head = (size_t)(end + 4 - data);
  if (data[9] != '2') fail("answered: %.*s", (int)length, data);
  for (const char *line = data; line && line < end; line = memmem(line, (size_t)(end + 2 - line), "\r\n", 2)) {
    if (*line == '\r') line += 2;
    if (!strncasecmp(line, "content-length:", 15)) {
      size_t whole = head + strtoull(line + 15, NULL, 10);
      return length < whole ? 0 : whole;
    }
    if (!strncasecmp(line, "transfer-encoding:", 18)) {
      const char *last = memmem(end, length - (size_t)(end - data), "\r\n0\r\n\r\n", 7);
      return last ? (size_t)(last + 7 - data) : 0;
    }
  }
  fail("an answer without a length");
}

static void on_data(Socket *socket, char *data, size_t length) {
  Buffer *in = &socket->in;
  put(in, data, length);
  size_t whole = answer_length(in->data, in->length);
  if (!whole) return;
  drop(in, whole);
  last_at = now_ns();
  record(&latency, last_at - socket->next_seq);
  answers++;
  bytes_read += whole;
  if (socket->requests < (uint32_t)options.sends) ask(socket);
}

int run_http(void) {
  double cpu = cpu_seconds();
  uint64_t start = last_at = now_ns();
  uint32_t expected = socket_count * (uint32_t)options.sends;
  for (uint32_t i = 0; i < socket_count; i++) open_socket(&sockets[i]);
  while (answers < expected && now_ns() - last_at < (uint64_t)options.quiet_seconds * 1000000000ull) turn(100, on_data, on_connect);
  double seconds = (double)(last_at - start) / 1e9;
  printf("{\"requests\":%u,\"seconds\":%.6f,\"bytesEach\":%.0f,\"unanswered\":%u,\"clientCoreShare\":%.3f", answers, seconds,
         answers ? (double)bytes_read / answers : 0, expected - answers, (cpu_seconds() - cpu) / seconds);
  print_latency("answerMs", &latency);
  puts("}");
  return answers != expected;
}
