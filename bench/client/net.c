#define _GNU_SOURCE
#include "client.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
static int epoll_fd = -1;
static char bytes[READ_BYTES];

void open_socket(Socket *socket_) {
  if (epoll_fd < 0) epoll_fd = epoll_create1(0);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  if (fd < 0) fail("no socket: %s (raise `ulimit -n`)", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)socket_->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
  socket_->fd = fd;
  socket_->phase = CONNECTING;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = socket_};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll: %s", strerror(errno));
}

void watch(Socket *socket_, bool for_writing) {
  struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = socket_};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, socket_->fd, &event);
}

void flush(Socket *socket_) {
  Buffer *out = &socket_->out;
  if (!out->length) return;
  ssize_t written = send(socket_->fd, out->data, out->length, MSG_NOSIGNAL);
  if (written < 0 && errno != EAGAIN) fail("write: %s", strerror(errno));
  if (written > 0) drop(out, (size_t)written);
  bool full = out->length > 0;
  if (full != socket_->writable) watch(socket_, socket_->writable = full);
}

static void read_all(Socket *socket_, void (*on_data)(Socket *, char *, size_t)) {
  for (;;) {
    ssize_t got = recv(socket_->fd, bytes, READ_BYTES, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) fail("read: %s", strerror(errno));
    if (got == 0) fail("the server closed a connection");
    on_data(socket_, bytes, (size_t)got);
    if (got < READ_BYTES) return;
  }
}

bool turn(int timeout_ms, void (*on_data)(Socket *, char *, size_t), void (*on_connect)(Socket *)) {
  struct epoll_event events[512];
  int count = epoll_wait(epoll_fd, events, 512, timeout_ms);
  for (int i = 0; i < count; i++) {
    Socket *socket_ = events[i].data.ptr;
    if (socket_->phase == CONNECTING) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(socket_->fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error) fail("connect: %s", strerror(error));
      watch(socket_, false);
      on_connect(socket_);
    } else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_all(socket_, on_data);
    flush(socket_);
  }
  return count > 0;
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}
