#include "client.h"
#include <stdio.h>

/* 64 buckets to every power of two. */
static uint32_t bucket_of(uint64_t value) {
  if (value < 64) return (uint32_t)value;
  int power = 63 - __builtin_clzll(value);
  return (uint32_t)((power - 5) * 64 + (int)((value >> (power - 6)) & 63));
}

static uint64_t value_of(uint32_t bucket) {
  if (bucket < 64) return bucket;
  int power = (int)(bucket / 64) + 5;
  return (64ull + bucket % 64) << (power - 6);
}

void record(Histogram *histogram, uint64_t value) {
  histogram->count++;
  if (value > histogram->max) histogram->max = value;
  histogram->buckets[bucket_of(value)]++;
}

double milliseconds_at(const Histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)((double)histogram->count * share), before = 0;
  for (uint32_t bucket = 0; bucket < 64 * 64; bucket++)
    if ((before += histogram->buckets[bucket]) > wanted) return (double)value_of(bucket) / 1e6;
  return (double)histogram->max / 1e6;
}

void print_latency(const char *name, const Histogram *histogram) {
  printf(",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", name, milliseconds_at(histogram, 0.5), milliseconds_at(histogram, 0.99),
         (double)histogram->max / 1e6);
}
