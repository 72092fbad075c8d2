/* The functions of conformance.cpp, as the C header makes them: with wasi-libc or without. */
#include "tenon_plugin.h"

TENON_IMPORT(app, get_config, "(text) -> text?") tenon_result get_config(const char* key, size_t size);
TENON_IMPORT(app, checksum, "(bytes, u32) -> u32")
uint32_t checksum(const uint8_t* bytes, size_t size, uint32_t seed);
TENON_IMPORT(app, note, "(text, bool, f64)") void note(const char* text, size_t size, int yes, double number);

static char greeting[256] = "unset";
static size_t greeting_size = 5;
static int32_t calls;

static char* put(char* out, const char* text, size_t size) {
  __builtin_memcpy(out, text, size);
  return out + size;
}

/* A result with two parts, of which the second is a parameter and so the block of it. */
static tenon_result join(const char* first, size_t first_size, const char* second, size_t second_size) {
  char* text = tenon_alloc(first_size + second_size + 1);
  if (text == NULL) __builtin_trap();
  put(put(text, first, first_size), second, second_size);
  return tenon_give(text, first_size + second_size);
}

TENON_EXPORT(init, "(text)") void init(const char* config, size_t size) {
  greeting_size = size < sizeof greeting ? size : sizeof greeting;
  put(greeting, config, greeting_size);
  tenon_free(config);
  char line[300];
  char* end = put(put(line, "greeting is ", 12), greeting, greeting_size);
  tenon_log(line, (size_t)(end - line));
}

TENON_EXPORT(transform, "(text, text) -> text")
tenon_result transform(const char* key, size_t key_size, const char* payload, size_t payload_size) {
  ++calls;
  char* text = tenon_alloc(greeting_size + 1 + key_size + 2 + payload_size);
  if (text == NULL) __builtin_trap();
  char* end = put(put(put(text, greeting, greeting_size), " ", 1), key, key_size);
  end = put(put(end, ": ", 2), payload, payload_size);
  tenon_free(key);
  return tenon_give(text, (size_t)(end - text));
}

TENON_EXPORT(echo, "(text) -> text") tenon_result echo(char* text, size_t size) {
  return tenon_give(text, size);
}

TENON_EXPORT(reversed, "(bytes) -> bytes") tenon_result reversed(uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size / 2; ++i) {
    const uint8_t byte = bytes[i];
    bytes[i] = bytes[size - 1 - i];
    bytes[size - 1 - i] = byte;
  }
  return tenon_give(bytes, size);
}

TENON_EXPORT(setting, "(text) -> text?") tenon_result setting(const char* key, size_t size) {
  const tenon_result value = get_config(key, size);
  tenon_free(key);
  return value == 0 ? 0 : tenon_give(tenon_pointer(value), tenon_size(value));
}

TENON_EXPORT(maybe, "(text?) -> text?") tenon_result maybe(char* text, size_t size) {
  return text == NULL ? 0 : tenon_give(text, size);
}

TENON_EXPORT(sum, "(bytes) -> u32") uint32_t sum(const uint8_t* bytes, size_t size) {
  const uint32_t result = checksum(bytes, size, 7);
  tenon_free(bytes);
  return result;
}

TENON_EXPORT(mixed, "(bool, i32, u32, i64, u64, f32, f64) -> f64")
double mixed(int yes, int32_t a, uint32_t b, int64_t c, uint64_t d, float e, double f) {
  note("mixed", 5, yes, f);
  return (yes ? 1 : 0) + a + b + (double)c + (double)d + e + f;
}

TENON_EXPORT(is_long, "(text) -> bool") int is_long(const char* text, size_t size) {
  tenon_free(text);
  return size > 10;
}

TENON_EXPORT(count, "() -> i32") int32_t count(void) { return calls; }

TENON_EXPORT(refuse, "(text) -> text") tenon_result refuse(const char* why, size_t size) {
  const tenon_result message = join("refused: ", 9, why, size);
  tenon_error(tenon_pointer(message), tenon_size(message));
  tenon_free(why);
  return 0;
}

TENON_EXPORT(panic, "(text)") void panic(const char* why, size_t size) {
  const tenon_result message = join("panicked: ", 10, why, size);
  tenon_error(tenon_pointer(message), tenon_size(message));
  __builtin_trap();
}
