/* The load client: one thread, one epoll, plain TCP. It is to be cheaper than any server that it loads. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Buffer {
  char *data;
  size_t length, capacity;
} Buffer;

enum Phase { CONNECTING, UPGRADING, JOINING, READY, CLOSED };

/* What one receiver has of one sender: the next counter that it waits for, and which of the 64 after it came early. */
typedef struct Seen {
  uint32_t next;
  uint64_t early;
} Seen;

typedef struct Room {
  char *name;
  uint32_t members, senders;
  uint64_t first_seq;
} Room;

typedef struct Socket {
  int fd, port;
  enum Phase phase;
  bool sends, writable;
  uint32_t room, number_in_room;
  uint32_t sent, answered;
  uint64_t next_seq;
  Seen *seen;
  uint64_t *asked_at;
  char *token;
  Buffer in, out;
  uint32_t requests;
} Socket;

typedef struct Options {
  const char *mode, *adapter, *method, *path, *ports;
  int in_flight, sends, bytes, connecting, rate, seconds, quiet_seconds;
} Options;

/* How a server is spoken to; `receive` sorts one text frame into the calls of load.c. */
typedef struct Adapter {
  const char *name;
  bool counts_in_seq;
  void (*upgrade)(Socket *socket, Buffer *request);
  void (*receive)(Socket *socket, char *text, size_t length);
  void (*write_send)(Socket *socket, uint32_t id, const char *content, size_t length, Buffer *text);
  const char *heartbeat;
} Adapter;

extern Options options;
extern Socket *sockets;
extern Room *rooms;
extern uint32_t socket_count, room_count;
extern uint64_t run_id;
extern const Adapter *adapter;

/* adapters.c */
const Adapter *adapter_named(const char *name);

/* websocket.c */
void send_text(Socket *socket, const char *text, size_t length);
void read_handshake(Socket *socket);
void read_frames(Socket *socket, char *data, size_t length);

/* load.c */
void joined(Socket *socket);
void answered(Socket *socket, uint32_t id);
void delivered(Socket *socket, const char *text, size_t length);
int run_load(void);
int run_http(void);

/* net.c */
void open_socket(Socket *socket);
void watch(Socket *socket, bool for_writing);
void flush(Socket *socket);
/* Waits for what happens next and hands it on; false once nothing happened for so long. */
bool turn(int timeout_ms, void (*on_data)(Socket *, char *, size_t), void (*on_connect)(Socket *));
uint64_t now_ns(void);
double cpu_seconds(void);

/* buffer.c */
void put(Buffer *buffer, const void *data, size_t length);
void put_text(Buffer *buffer, const char *text);
void put_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void drop(Buffer *buffer, size_t length);
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* histogram.c: latencies in ns, exact to about 1 %. */
typedef struct Histogram {
  uint64_t count, max, buckets[64 * 64];
} Histogram;
void record(Histogram *histogram, uint64_t value);
double milliseconds_at(const Histogram *histogram, double share);
void print_latency(const char *name, const Histogram *histogram);
