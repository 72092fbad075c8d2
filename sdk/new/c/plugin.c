#include "tenon_plugin.h"

#include <string.h>

/* Answers "KEY: PAYLOAD". */
TENON_EXPORT(transform, "(text, text) -> text")
tenon_result transform(const char* key, size_t key_size, const char* payload, size_t payload_size) {
  char* text = tenon_alloc(key_size + 2 + payload_size);
  if (text == NULL) __builtin_trap();
  memcpy(text, key, key_size);
  memcpy(text + key_size, ": ", 2);
  memcpy(text + key_size + 2, payload, payload_size);
  tenon_free(key); /* the block of both texts */
  return tenon_give(text, key_size + 2 + payload_size);
}
