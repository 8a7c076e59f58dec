/* A library with NVML's symbols and invented GPUs, so that the real binding can be tested.
 * STUB_COUNT: number of GPUs (8). STUB_INIT: code of nvmlInit_v2. STUB_LOST: index of a GPU that
 * answers "lost" to every reading. GPU 2 cannot tell its power. GPU 4 is divided into two parts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int index; int part; } Device;
typedef struct { unsigned int gpu, memory; } Utilization;
typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gi, ci; } Process;

enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, LOST = 15 };

static Device devices[64][3];

static int number(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text && *text ? atoi(text) : otherwise;
}
static int lost(const Device *d) { return number("STUB_LOST", -1) == d->index; }

int nvmlInit_v2(void) { return number("STUB_INIT", OK); }
int nvmlShutdown(void) { return OK; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = number("STUB_COUNT", 8); return OK; }

static Device *get(int index, int part) {
  Device *d = &devices[index][part];
  d->index = index;
  d->part = part;
  return d;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, Device **out) {
  if ((int)index >= number("STUB_COUNT", 8)) return INVALID;
  *out = get(index, 0);
  return OK;
}
static void uuid_of(const Device *d, char *text) {
  sprintf(text, "%s-%08x-0000-0000-0000-000000000000", d->part ? "MIG" : "GPU", 0xa0 + d->index * 16 + d->part);
}
int nvmlDeviceGetUUID(Device *d, char *text, unsigned int length) {
  (void)length;
  uuid_of(d, text);
  return OK;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, Device **out) {
  char text[96];
  for (int index = 0; index < number("STUB_COUNT", 8); index++)
    for (int part = 0; part < (index == 4 ? 3 : 1); part++) {
      uuid_of(get(index, part), text);
      if (strcmp(text, uuid) == 0) { *out = get(index, part); return OK; }
    }
  return NOT_FOUND;
}
int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(Device *d, Device **out) { *out = get(d->index, 0); return OK; }
int nvmlDeviceGetMigMode(Device *d, unsigned int *current, unsigned int *pending) {
  *current = *pending = d->index == 4;
  return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(Device *d, unsigned int *count) { *count = d->index == 4 ? 7 : 0; return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(Device *d, unsigned int part, Device **out) {
  if (d->index != 4 || part > 1) return NOT_FOUND;
  *out = get(4, part + 1);
  return OK;
}
int nvmlDeviceGetIndex(Device *d, unsigned int *index) { *index = d->index; return OK; }
int nvmlDeviceGetName(Device *d, char *text, unsigned int length) {
  snprintf(text, length, "Stub %d%s", d->index, d->part ? " part" : "");
  return OK;
}
int nvmlDeviceGetUtilizationRates(Device *d, Utilization *out) {
  if (lost(d)) return LOST;
  if (d->part) return NOT_SUPPORTED;
  out->gpu = 10 * d->index;
  out->memory = 5;
  return OK;
}
int nvmlDeviceGetMemoryInfo(Device *d, Memory *out) {
  if (lost(d)) return LOST;
  out->total = 80ull << 30;
  out->used = (unsigned long long)(d->index + 1) << 30;
  out->free = out->total - out->used;
  return OK;
}
int nvmlDeviceGetTemperature(Device *d, int sensor, unsigned int *out) {
  if (lost(d)) return LOST;
  *out = sensor == 0 ? 40 + d->index : 0;
  return OK;
}
int nvmlDeviceGetPowerUsage(Device *d, unsigned int *out) {
  if (lost(d)) return LOST;
  if (d->index == 2) return NOT_SUPPORTED;
  *out = 250500;
  return OK;
}
int nvmlDeviceGetEnforcedPowerLimit(Device *d, unsigned int *out) {
  if (lost(d)) return LOST;
  *out = 400000;
  return OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(Device *d, unsigned int *count, Process *out) {
  if (lost(d)) return LOST;
  if (*count < 2) return 7;
  memset(out, 0, 2 * sizeof *out);
  out[0].pid = 1000 + d->index;
  out[0].used = 3ull << 30;
  out[1].pid = 2000;
  out[1].used = ~0ull;
  *count = 2;
  return OK;
}
