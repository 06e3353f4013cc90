/*
 * A stand-in for PMS whose children live under a millisecond: each makes one attempt to connect and ends.
 *
 *   "Plex Media Server" DIRECTORY   reads lines "PROGRAM KIND ADDRESS PORT FLAGS" and starts DIRECTORY/PROGRAM with the rest, one after the other
 *   PROGRAM KIND ADDRESS PORT FLAGS is started so; says "PID PROGRAM KIND ADDRESS PORT" and then makes the attempt
 *
 * KIND   t4 t6 connect TCP, u4 u6 connect UDP and send, s4 s6 send without connecting
 * FLAGS  T in a thread, D in a grandchild whose parent has ended, W wait for the answer (at most a second and a half),
 *        E with an empty environment
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char **arguments;

static void *attempt(void *unused) {
  const char *kind = arguments[1], *flags = arguments[4];
  int is_udp = kind[0] != 't', port = atoi(arguments[3]);
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  struct sockaddr *to = kind[1] == '6' ? (void *)&v6 : (void *)&v4;
  socklen_t length = kind[1] == '6' ? sizeof v6 : sizeof v4;
  int s = socket(to->sa_family, is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  inet_pton(AF_INET, arguments[2], &v4.sin_addr);
  inet_pton(AF_INET6, arguments[2], &v6.sin6_addr);
  if (strchr(flags, 'W')) {
    struct timeval limit = {1, 500000};
    setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  } else {
    fcntl(s, F_SETFL, O_NONBLOCK);
  }
  if (kind[0] == 's') {
    if (sendto(s, "x", 1, 0, to, length) < 0) return NULL;
  } else if (connect(s, to, length) == 0 || is_udp) {
    if (is_udp && send(s, "x", 1, 0) < 0) return NULL;
  }
  if (is_udp && strchr(flags, 'W')) usleep(50000);
  return NULL;
}

static void run(const char *program) {
  char line[200];
  int length = snprintf(line, sizeof line, "%d %s %s %s %s\n", getpid(), program, arguments[1], arguments[2], arguments[3]);
  if (write(1, line, length) != length) exit(3);
  if (!strchr(arguments[4], 'T')) {
    attempt(NULL);
    return;
  }
  pthread_t thread;
  pthread_create(&thread, NULL, attempt, NULL);
  pthread_join(thread, NULL);
}

int main(int count, char **given) {
  arguments = given;
  if (count == 5) {
    const char *slash = strrchr(given[0], '/'), *program = slash ? slash + 1 : given[0];
    if (strchr(given[4], 'D') && fork() > 0) return 0;
    run(program);
    return 0;
  }
  char line[200], path[400], *words[6], *nothing[] = {NULL};
  while (fgets(line, sizeof line, stdin)) {
    int n = 0;
    for (char *word = strtok(line, " \n"); word && n < 5; word = strtok(NULL, " \n")) words[n++] = word;
    if (n < 5) continue;
    words[5] = NULL;
    /* Names of programs have blanks; their lines have underscores instead. */
    for (char *at = words[0]; *at; at++)
      if (*at == '_') *at = ' ';
    snprintf(path, sizeof path, "%s/%s", given[1], words[0]);
    words[0] = path;
    pid_t child;
    if (posix_spawn(&child, path, NULL, NULL, words, strchr(words[4], 'E') ? nothing : environ) != 0) return 4;
    waitpid(child, NULL, 0);
  }
  return 0;
}
