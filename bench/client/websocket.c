/* RFC 6455, the client's side. */
#define _GNU_SOURCE
#include "client.h"
#include <string.h>

enum { CONTINUATION = 0, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

static uint32_t random_mask(void) {
  static uint32_t state = 2463534242u;
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

static void send_frame(Socket *socket, int opcode, const char *data, size_t length) {
  unsigned char head[14] = {(unsigned char)(0x80 | opcode)};
  size_t size = 2;
  if (length < 126) head[1] = (unsigned char)(0x80 | length);
  else if (length < 65536) {
    head[1] = 0x80 | 126;
    head[size++] = (unsigned char)(length >> 8);
    head[size++] = (unsigned char)length;
  } else {
    head[1] = 0x80 | 127;
    for (int shift = 56; shift >= 0; shift -= 8) head[size++] = (unsigned char)((uint64_t)length >> shift);
  }
  uint32_t word = random_mask();
  unsigned char mask[4];
  memcpy(mask, &word, 4);
  memcpy(head + size, mask, 4);
  put(&socket->out, head, size + 4);
  size_t start = socket->out.length;
  put(&socket->out, data, length);
  for (size_t i = 0; i < length; i++) socket->out.data[start + i] ^= (char)mask[i & 3];
}

void send_text(Socket *socket, const char *text, size_t length) { send_frame(socket, TEXT, text, length); }

/* One whole frame from the front of the bytes; how many it took, 0 when it is not all there. */
static size_t take_frame(Socket *socket, char *data, size_t length) {
  const unsigned char *head = (const unsigned char *)data;
  if (length < 2) return 0;
  if (head[1] & 0x80) fail("the server masks its frames");
  size_t size = 2, payload = head[1] & 127;
  if (payload == 126) {
    if (length < 4) return 0;
    payload = (size_t)head[2] << 8 | head[3];
    size = 4;
  } else if (payload == 127) {
    if (length < 10) return 0;
    payload = 0;
    for (int i = 2; i < 10; i++) payload = payload << 8 | head[i];
    size = 10;
  }
  if (length - size < payload) return 0;
  int opcode = head[0] & 15;
  char *text = data + size;
  if (opcode == CONTINUATION || (opcode == TEXT && !(head[0] & 0x80))) fail("the server sends messages in fragments");
  if (opcode == TEXT) adapter->receive(socket, text, payload);
  else if (opcode == PING) send_frame(socket, PONG, text, payload);
  else if (opcode == CLOSE) {
    unsigned code = payload >= 2 ? (unsigned)((unsigned char)text[0] << 8 | (unsigned char)text[1]) : 0;
    fail("the server closed with %u %.*s", code, payload > 2 ? (int)payload - 2 : 0, payload > 2 ? text + 2 : "");
  }
  return size + payload;
}

static size_t take_frames(Socket *socket, char *data, size_t length) {
  size_t taken = 0, one;
  while ((one = take_frame(socket, data + taken, length - taken))) taken += one;
  return taken;
}

static size_t take_handshake(Socket *socket, char *data, size_t length) {
  char *end = memmem(data, length, "\r\n\r\n", 4);
  if (!end) return 0;
  if (length < 12 || memcmp(data + 9, "101", 3)) fail("the upgrade was answered: %.*s", (int)length, data);
  socket->phase = JOINING;
  return (size_t)(end + 4 - data);
}

void read_frames(Socket *socket, char *data, size_t length) {
  Buffer *in = &socket->in;
  bool kept = in->length > 0;
  if (kept) {
    put(in, data, length);
    data = in->data;
    length = in->length;
  }
  size_t taken = 0;
  if (socket->phase == UPGRADING) taken = take_handshake(socket, data, length);
  if (socket->phase != UPGRADING) taken += take_frames(socket, data + taken, length - taken);
  if (kept) drop(in, taken);
  else if (taken < length) put(in, data + taken, length - taken);
}
