#include "client.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_room(Buffer *buffer, size_t more) {
  if (buffer->length + more <= buffer->capacity) return;
  size_t capacity = buffer->capacity ? buffer->capacity : 512;
  while (capacity < buffer->length + more) capacity *= 2;
  buffer->data = realloc(buffer->data, capacity);
  if (!buffer->data) fail("no memory");
  buffer->capacity = capacity;
}

void put(Buffer *buffer, const void *data, size_t length) {
  make_room(buffer, length);
  memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

void put_text(Buffer *buffer, const char *text) { put(buffer, text, strlen(text)); }

void put_format(Buffer *buffer, const char *format, ...) {
  va_list arguments;
  make_room(buffer, 4096);
  va_start(arguments, format);
  int length = vsnprintf(buffer->data + buffer->length, 4096, format, arguments);
  va_end(arguments);
  if (length < 0 || length >= 4096) fail("a request of more than 4 kB");
  buffer->length += (size_t)length;
}

void drop(Buffer *buffer, size_t length) {
  buffer->length -= length;
  if (buffer->length) memmove(buffer->data, buffer->data + length, buffer->length);
}

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("client: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}
