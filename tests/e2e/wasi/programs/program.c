// What every program here does, in C: see programs.py.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void fail(const char* what) {
  printf("failed: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void write_text(const char* path, const char* mode, const char* text) {
  FILE* file = fopen(path, mode);
  if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) fail(path);
}

static int by_name(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static void walk(const char* path) {
  char* names[64];
  int count = 0;
  DIR* directory = opendir(path);
  if (directory == NULL) fail(path);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
  }
  closedir(directory);
  qsort(names, (size_t)count, sizeof names[0], by_name);
  for (int i = 0; i < count; ++i) {
    char below[512];
    struct stat found;
    snprintf(below, sizeof below, "%s/%s", path, names[i]);
    if (lstat(below, &found) != 0) fail(below);
    if (S_ISDIR(found.st_mode)) {
      printf("%s/\n", below);
      walk(below);
    } else {
      printf("%s %lld\n", below, (long long)found.st_size);
    }
    free(names[i]);
  }
}

static void files(void) {
  char buffer[64] = {0};
  struct stat found;
  write_text("/files/notes", "w", "first line\n");
  write_text("/files/notes", "a", "second line\n");
  FILE* file = fopen("/files/notes", "r+");
  if (file == NULL || fseek(file, 6, SEEK_SET) != 0 || fread(buffer, 1, 4, file) != 4) fail("seek");
  printf("at 6: %s\n", buffer);
  if (fseek(file, -5, SEEK_END) != 0 || fputs("LINE", file) < 0 || ftell(file) != 22) fail("write");
  fclose(file);
  if (mkdir("/files/tree", 0777) != 0 || mkdir("/files/tree/below", 0777) != 0) fail("mkdir");
  write_text("/files/tree/below/leaf", "w", "leaf");
  write_text("/files/tree/gone", "w", "");
  if (rename("/files/notes", "/files/tree/notes") != 0) fail("rename");
  if (stat("/files/notes", &found) == 0 || errno != ENOENT) fail("stat");
  if (unlink("/files/tree/gone") != 0) fail("unlink");
  walk("/files");
}

static void refusals(void) {
  puts(open("/files/../../etc/passwd", O_RDONLY) < 0 ? "outside: refused" : "outside: open");
  puts(open("/etc/passwd", O_RDONLY) < 0 ? "not given: refused" : "not given: open");
  puts(fopen("/data/new", "w") == NULL ? "read only: refused" : "read only: made");
  char text[32] = {0};
  FILE* file = fopen("/data/given", "r");
  if (file == NULL || fgets(text, sizeof text, file) == NULL) fail("/data/given");
  printf("read only: %s\n", text);
}

static void waits(void) {
  struct timespec before, after;
  const struct timespec wanted = {0, 20000000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  if (nanosleep(&wanted, NULL) != 0) fail("nanosleep");
  struct pollfd none = {1, POLLOUT, 0};
  if (poll(&none, 1, 1000) != 1 || (none.revents & POLLOUT) == 0) fail("poll");
  clock_gettime(CLOCK_MONOTONIC, &after);
  const long long passed = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
  puts(passed >= 20000000 ? "slept" : "woke early");
}

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) printf("argument %s\n", argv[i]);
  printf("environment %s\n", getenv("GREETING"));
  files();
  refusals();
  waits();
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) printf("input %s", line);
  exit(7);
}
