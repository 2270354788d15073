/*
 * Preloaded into btvirt and socat, which lets the rig run unprivileged, on any kernel, and several at a time:
 *  - a kernel without AF_ALG (btvirt opens such a socket for every LE controller and gives up without it) gets a dummy socket instead,
 *    which costs pairing and encryption only;
 *  - btvirt's fixed socket names (/tmp/bt-server-*) move into the folder of this rig, RIG_DIR;
 *  - the process dies with the one that started it, so a killed test run leaves nothing behind.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *moved(const char *path, char *buffer, size_t size) {
  const char *rig = getenv("RIG_DIR"), *name = path ? strrchr(path, '/') : NULL;
  if (!rig || !name || strncmp(name, "/bt-server-", 11) != 0) return path;
  snprintf(buffer, size, "%s%s", rig, name);
  return buffer;
}

__attribute__((constructor)) static void die_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

int socket(int domain, int type, int protocol) {
  static int (*real)(int, int, int);
  if (!real) real = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
  int fd = real(domain, type, protocol);
  if (fd < 0 && domain == AF_ALG && errno == EAFNOSUPPORT) return real(AF_UNIX, SOCK_DGRAM | (type & SOCK_CLOEXEC), 0);
  return fd;
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  static int (*real)(int, const struct sockaddr *, socklen_t);
  if (!real) real = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  if (address && address->sa_family == AF_ALG && real(fd, address, length) < 0) return 0;
  if (!address || address->sa_family != AF_UNIX) return real(fd, address, length);
  struct sockaddr_un here = {.sun_family = AF_UNIX};
  const char *path = ((const struct sockaddr_un *)address)->sun_path;
  char buffer[sizeof here.sun_path];
  if (moved(path, buffer, sizeof buffer) == path) return real(fd, address, length);
  strcpy(here.sun_path, buffer);
  return real(fd, (const struct sockaddr *)&here, sizeof here);
}

int unlink(const char *path) {
  static int (*real)(const char *);
  if (!real) real = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
  char buffer[sizeof(((struct sockaddr_un *)0)->sun_path)];
  return real(moved(path, buffer, sizeof buffer));
}
