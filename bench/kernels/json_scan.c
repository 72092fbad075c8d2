// A scanner for JSON that counts tokens and adds up the whole numbers.
#include "kernel.h"

enum { kRecords = 400, kRecordSize = 96 };

typedef struct {
  const char* at;
  const char* end;
  uint32_t strings, numbers, marks;
  int64_t total;
} Scanner;

static int scan_string(Scanner* scanner) {
  for (++scanner->at; scanner->at < scanner->end; ++scanner->at) {
    if (*scanner->at == '\\') ++scanner->at;
    else if (*scanner->at == '"') return ++scanner->at, ++scanner->strings, 1;
  }
  return 0;
}

static void scan_number(Scanner* scanner) {
  const int negative = *scanner->at == '-';
  int64_t value = 0;
  for (scanner->at += negative; scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9'; ++scanner->at)
    value = 10 * value + (*scanner->at - '0');
  scanner->total += negative ? -value : value;
  ++scanner->numbers;
}

static int scan(Scanner* scanner) {
  while (scanner->at < scanner->end) {
    switch (*scanner->at) {
      case ' ': case '\n': case '\t': ++scanner->at; break;
      case '{': case '}': case '[': case ']': case ',': case ':': ++scanner->at, ++scanner->marks; break;
      case '"': if (!scan_string(scanner)) return 0; break;
      case 't': case 'n': scanner->at += 4; break;
      case 'f': scanner->at += 5; break;
      case '-': case '0': case '1': case '2': case '3': case '4':
      case '5': case '6': case '7': case '8': case '9': scan_number(scanner); break;
      default: return 0;
    }
  }
  return 1;
}

static char* put(char* out, const char* text) {
  while (*text) *out++ = *text++;
  return out;
}

static char* put_number(char* out, uint32_t value) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) *out++ = digits[--count];
  return out;
}

static char* write_document(char* out, int64_t* total) {
  uint32_t seed = 7;
  *out++ = '[';
  for (int i = 0; i < kRecords; ++i) {
    const uint32_t value = next_random(&seed) % 100000;
    out = put(out, i ? ", {\"name\": \"a \\\"sensor\\\"\", \"temperature\": -" : "{\"name\": \"first\", \"temperature\": -");
    out = put_number(out, value);
    out = put(out, ", \"tags\": [true, null, 12]}");
    *total += 12 - (int64_t)value;
  }
  *out++ = ']';
  return out;
}

uint64_t kernel(uint32_t rounds) {
  release_all();
  char* const text = allocate(kRecords * kRecordSize);
  int64_t total = 0;
  char* const end = write_document(text, &total);
  uint64_t sum = 1;
  for (uint32_t round = 0; round < rounds; ++round) {
    Scanner scanner = {.at = text, .end = end};
    if (!scan(&scanner) || scanner.total != total || scanner.numbers != 2 * kRecords) return kWrong;
    sum = mix(sum, scanner.marks + scanner.strings);
  }
  return sum;
}
