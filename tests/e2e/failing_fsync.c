// Put before the system's fsync by LD_PRELOAD: fails for files, or for folders.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int fsync(int descriptor) {
  const char *failing = getenv("FAILING_FSYNC");
  struct stat status;
  if (fstat(descriptor, &status) != 0) return -1;
  if (failing == NULL || strcmp(failing, S_ISDIR(status.st_mode) ? "folder" : "file") != 0) return 0;
  errno = EIO;
  return -1;
}
