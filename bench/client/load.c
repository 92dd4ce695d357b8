/* Opens the sockets, sends, and looks at every delivery: none lost, none twice, in order. */
#define _GNU_SOURCE
#include "client.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_NS 20000000000ull
#define LINGER_MS 100

static uint32_t ready, opened;
static uint64_t deliveries, answers, twice, disordered, expected_deliveries, expected_answers, last_at, started_at;
static bool loading;
static Histogram delivery_latency, answer_latency;

static void on_connect(Socket *socket) {
  socket->phase = UPGRADING;
  adapter->upgrade(socket, &socket->out);
}

void joined(Socket *socket) {
  if (socket->phase == READY) return;
  socket->phase = READY;
  ready++;
}

/* `#sender:counter:time#` and filling. The time is when it was to be sent, so that a late sender hides nothing. */
static void send_next(Socket *socket, uint64_t due_at) {
  static Buffer text;
  char content[8192];
  uint32_t id = ++socket->sent;
  int used = snprintf(content, sizeof content, "#%u:%u:%llu#", socket->number_in_room, id, (unsigned long long)due_at);
  if (used < options.bytes) memset(content + used, 'x', (size_t)(options.bytes - used));
  text.length = 0;
  adapter->write_send(socket, id, content, (size_t)(used > options.bytes ? used : options.bytes), &text);
  if (socket->asked_at) socket->asked_at[id % (uint32_t)options.in_flight] = due_at;
  send_text(socket, text.data, text.length);
}

void answered(Socket *socket, uint32_t id) {
  uint64_t now = now_ns();
  answers++;
  socket->answered++;
  last_at = now;
  if (!socket->asked_at) return;
  record(&answer_latency, now - socket->asked_at[id % (uint32_t)options.in_flight]);
  if (socket->sent < (uint32_t)options.sends) send_next(socket, now);
}

static void check_counter(Seen *seen, uint32_t counter) {
  if (counter < seen->next) {
    twice++;
    return;
  }
  uint32_t ahead = counter - seen->next;
  if (ahead == 0) {
    seen->next++;
    while (seen->early & 1) seen->early >>= 1, seen->next++;
    seen->early >>= 1;
    return;
  }
  disordered++;
  if (ahead > 64) return;
  if (seen->early >> (ahead - 1) & 1) twice++;
  seen->early |= 1ull << (ahead - 1);
}

static uint64_t seq_in(const char *text, size_t length) {
  static size_t hint;
  static const char name[] = "\"seq\":";
  const char *found = hint + 7 < length && !memcmp(text + hint, name, 6) ? text + hint : memmem(text, length, name, 6);
  if (!found) fail("a message without seq: %.*s", (int)length, text);
  hint = (size_t)(found - text);
  return strtoull(found + 6, NULL, 10);
}

static void check_seq(Socket *socket, uint64_t seq) {
  Room *room = &rooms[socket->room];
  if (!room->first_seq) room->first_seq = seq;
  if (!socket->next_seq) socket->next_seq = room->first_seq;
  if (seq != socket->next_seq) disordered++;
  socket->next_seq = seq + 1;
}

void delivered(Socket *socket, const char *text, size_t length) {
  const char *mark = memchr(text, '#', length);
  if (!mark) fail("a message that is not of this run: %.*s", (int)length, text);
  if (!loading) return;
  char *end;
  uint32_t sender = (uint32_t)strtoul(mark + 1, &end, 10);
  uint32_t counter = (uint32_t)strtoul(end + 1, &end, 10);
  uint64_t due_at = strtoull(end + 1, &end, 10);
  if (adapter->counts_in_seq) check_seq(socket, seq_in(text, length));
  if (sender >= rooms[socket->room].senders) fail("a sender of another room");
  check_counter(&socket->seen[sender], counter);
  deliveries++;
  last_at = now_ns();
  record(&delivery_latency, last_at > due_at ? last_at - due_at : 0);
}

static void heartbeats(void) {
  static uint64_t last;
  uint64_t now = now_ns();
  if (!last) last = now;
  if (!adapter->heartbeat || now - last < HEARTBEAT_NS) return;
  last = now;
  for (uint32_t i = 0; i < socket_count; i++)
    if (sockets[i].phase == READY) send_text(&sockets[i], adapter->heartbeat, strlen(adapter->heartbeat)), flush(&sockets[i]);
}

static double open_all(void) {
  uint64_t start = now_ns(), moved = start;
  uint32_t before = 0;
  while (ready < socket_count) {
    while (opened < socket_count && opened - ready < (uint32_t)options.connecting) open_socket(&sockets[opened++]);
    turn(1000, read_frames, on_connect);
    if (ready != before) moved = now_ns(), before = ready;
    else if (now_ns() - moved > (uint64_t)options.quiet_seconds * 1000000000ull) fail("only %u of %u sockets were let in", ready, socket_count);
    heartbeats();
  }
  return (double)(now_ns() - start) / 1e9;
}

static void expect(uint64_t sends_each) {
  for (uint32_t i = 0; i < socket_count; i++) {
    Socket *socket = &sockets[i];
    Room *room = &rooms[socket->room];
    expected_deliveries += room->senders * sends_each;
    if (socket->sends) expected_answers += sends_each;
    socket->seen = calloc(room->senders ? room->senders : 1, sizeof *socket->seen);
    for (uint32_t j = 0; j < room->senders; j++) socket->seen[j].next = 1;
  }
}

static bool is_complete(void) { return deliveries - twice >= expected_deliveries && answers >= expected_answers; }

static void wait_for_all(void) {
  uint64_t quiet_ns = (uint64_t)options.quiet_seconds * 1000000000ull;
  while (!is_complete() && now_ns() - last_at < quiet_ns) turn(100, read_frames, on_connect), heartbeats();
  /* What comes now came twice. */
  uint64_t end = now_ns() + LINGER_MS * 1000000ull, finished_at = last_at;
  while (now_ns() < end) turn(10, read_frames, on_connect);
  last_at = finished_at;
}

static void send_in_closed_loop(void) {
  expect((uint64_t)options.sends);
  for (uint32_t i = 0; i < socket_count; i++)
    if (sockets[i].sends) sockets[i].asked_at = calloc((size_t)options.in_flight, sizeof(uint64_t));
  loading = true;
  last_at = now_ns();
  for (uint32_t i = 0; i < socket_count; i++) {
    for (int n = 0; sockets[i].sends && n < options.in_flight && n < options.sends; n++) send_next(&sockets[i], now_ns());
    flush(&sockets[i]);
  }
  wait_for_all();
}

static void send_at_a_rate(void) {
  uint32_t senders = 0, at = 0;
  for (uint32_t i = 0; i < socket_count; i++) senders += sockets[i].sends;
  uint64_t each = (uint64_t)options.rate * (uint64_t)options.seconds / senders, total = each * senders;
  if (!each) fail("more senders than messages");
  expect(each);
  loading = true;
  uint64_t start = now_ns(), gap = 1000000000ull / (uint64_t)options.rate;
  last_at = start;
  for (uint64_t n = 0; n < total; n++) {
    uint64_t due_at = start + n * gap, now;
    while ((now = now_ns()) < due_at) turn((int)((due_at - now) / 1000000), read_frames, on_connect);
    while (!sockets[at].sends) at = (at + 1) % socket_count;
    send_next(&sockets[at], due_at);
    flush(&sockets[at]);
    at = (at + 1) % socket_count;
  }
  wait_for_all();
}

/* Says that all are in, and holds them until its input ends. */
static void hold_idle(double seconds) {
  printf("{\"sockets\":%u,\"connectSeconds\":%.4f}\n", socket_count, seconds);
  fflush(stdout);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  char byte;
  while (poll(&input, 1, 0) == 0 || fread(&byte, 1, 1, stdin) == 1) turn(200, read_frames, on_connect), heartbeats();
}

int run_load(void) {
  double connect_seconds = open_all();
  if (!strcmp(options.mode, "idle")) return hold_idle(connect_seconds), 0;
  double cpu = cpu_seconds();
  started_at = now_ns();
  if (!strcmp(options.mode, "pace")) send_at_a_rate();
  else send_in_closed_loop();
  double seconds = (double)(last_at - started_at) / 1e9;
  double wall = (double)(now_ns() - started_at) / 1e9;
  uint64_t lost = expected_deliveries - (deliveries - twice);
  printf("{\"sockets\":%u,\"connectSeconds\":%.4f,\"sends\":%llu,\"deliveries\":%llu,\"seconds\":%.6f,\"lost\":%llu,\"twice\":%llu,\"disordered\":%llu,"
         "\"unanswered\":%llu,\"clientCoreShare\":%.3f",
         socket_count, connect_seconds, (unsigned long long)answers, (unsigned long long)deliveries, seconds, (unsigned long long)lost,
         (unsigned long long)twice, (unsigned long long)disordered, (unsigned long long)(expected_answers - answers),
         (cpu_seconds() - cpu) / (wall - LINGER_MS / 1e3));
  print_latency("deliveryMs", &delivery_latency);
  if (answer_latency.count) print_latency("answerMs", &answer_latency);
  puts("}");
  return lost || twice || answers != expected_answers;
}
