/*
 * client <load|pace|idle|http> --adapter <chinwag|limit|socketio> --ports <n,n…> [--in-flight n] [--sends n] [--bytes n] [--connecting n]
 *        [--rate n --seconds n] [--method GET|POST --path </…{}…>] [--quiet-seconds n]
 * The sockets take the ports in turn.
 * One line on the input for every socket: `<conversation> <1 if it sends, else 0> <token or ->`, and an empty line at the end.
 * Prints one line of JSON. Ends with 1 when a delivery was lost or came twice, or an answer is missing.
 */
#define _GNU_SOURCE
#include "client.h"
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

Options options = {.adapter = "chinwag", .method = "GET", .path = "/", .in_flight = 1, .sends = 1, .bytes = 200, .connecting = 128, .rate = 500, .seconds = 10, .quiet_seconds = 30};
Socket *sockets;
Room *rooms;
uint32_t socket_count, room_count;
uint64_t run_id;
const Adapter *adapter;

static void read_options(int count, char **words) {
  struct { const char *name; int *number; const char **text; } known[] = {
    {"--adapter", NULL, &options.adapter}, {"--method", NULL, &options.method}, {"--path", NULL, &options.path},
    {"--ports", NULL, &options.ports}, {"--in-flight", &options.in_flight, NULL}, {"--sends", &options.sends, NULL},
    {"--bytes", &options.bytes, NULL}, {"--connecting", &options.connecting, NULL}, {"--rate", &options.rate, NULL},
    {"--seconds", &options.seconds, NULL}, {"--quiet-seconds", &options.quiet_seconds, NULL},
  };
  if (count < 2) fail("which mode? load, pace, idle or http");
  options.mode = words[1];
  for (int i = 2; i < count; i += 2) {
    size_t k = 0;
    while (k < sizeof known / sizeof *known && strcmp(known[k].name, words[i])) k++;
    if (k == sizeof known / sizeof *known || i + 1 == count) fail("what is %s?", words[i]);
    if (known[k].number) *known[k].number = atoi(words[i + 1]);
    else *known[k].text = words[i + 1];
  }
  if (options.bytes > 4000 || options.in_flight < 1 || !options.ports) fail("a figure is out of range");
}

static uint32_t room_named(const char *name) {
  static struct hsearch_data table;
  if (!table.size && !hcreate_r(200000, &table)) fail("no memory");
  ENTRY *found, wanted = {.key = (char *)name};
  if (hsearch_r(wanted, FIND, &found, &table)) return (uint32_t)(uintptr_t)found->data;
  rooms = realloc(rooms, (room_count + 1) * sizeof *rooms);
  rooms[room_count] = (Room){.name = strdup(name)};
  wanted = (ENTRY){.key = rooms[room_count].name, .data = (void *)(uintptr_t)room_count};
  hsearch_r(wanted, ENTER, &found, &table);
  return room_count++;
}

static void read_plan(void) {
  char line[4096], name[1024], token[2048];
  uint32_t capacity = 0;
  int sends;
  while (fgets(line, sizeof line, stdin) && sscanf(line, "%1023s %d %2047s", name, &sends, token) == 3) {
    if (socket_count == capacity) sockets = realloc(sockets, (capacity = capacity ? capacity * 2 : 1024) * sizeof *sockets);
    uint32_t room = room_named(name);
    /* Those who send are numbered first, so that a receiver needs room for them only. */
    uint32_t number = sends ? rooms[room].senders++ : 0;
    rooms[room].members++;
    sockets[socket_count++] = (Socket){.room = room, .sends = sends, .number_in_room = number, .token = strcmp(token, "-") ? strdup(token) : NULL};
  }
  if (!socket_count) fail("the plan names no socket");
}

static void spread(void) {
  int ports[64];
  uint32_t count = 0;
  for (char *at = (char *)options.ports; *at && count < 64; at += *at == ',') ports[count++] = (int)strtol(at, &at, 10);
  if (!count) fail("no port is given");
  for (uint32_t i = 0; i < socket_count; i++) sockets[i].port = ports[i % count];
}

int main(int count, char **words) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  read_options(count, words);
  adapter = adapter_named(options.adapter);
  run_id = now_ns();
  read_plan();
  spread();
  return strcmp(options.mode, "http") ? run_load() : run_http();
}
