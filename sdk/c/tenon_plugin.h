/* Plugins for Tenon in C: one header, with wasi-libc or without any library.
 *
 *   #include "tenon_plugin.h"
 *
 *   TENON_EXPORT(transform, "(text, text) -> text")
 *   tenon_result transform(const char *key, size_t key_size, const char *payload, size_t payload_size) {
 *     char *text = tenon_alloc(key_size + 2 + payload_size);
 *     memcpy(text, key, key_size);
 *     ...
 *     tenon_free(key);                               // the block of all texts of this call
 *     return tenon_give(text, key_size + 2 + payload_size);
 *   }
 *
 *   clang --target=wasm32-wasi -mexec-model=reactor -O2 plugin.c -o plugin.wasm
 *   clang --target=wasm32 -nostdlib -Wl,--no-entry -O2 plugin.c -o plugin.wasm      (no library)
 *
 * The protocol is docs/guide/protocols.md. A parameter of type text or bytes is a pointer and a
 * size; a null pointer is no value of `text?` or `bytes?`. A plugin may have several files.
 */
#ifndef TENON_PLUGIN_H
#define TENON_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A line of the section from which the host learns the types. */
#define TENON_DECLARE(line) \
  __asm__(".section .custom_section.tenon.protocol,\"\",@\n\t.ascii \"" line "\\n\"\n\t.text\n");

TENON_DECLARE("tenon 1")

/* Before the definition of a function that the host may call. */
#define TENON_EXPORT(name, signature) \
  TENON_DECLARE("export " #name signature) __attribute__((export_name(#name)))
/* Before the declaration of a function that the host gives. */
#define TENON_IMPORT(module, name, signature)          \
  TENON_DECLARE("import " #module "." #name signature) \
  __attribute__((import_module(#module), import_name(#name)))

/* The result of a function that returns a text or bytes, from tenon_give; 0 is null. */
typedef uint64_t tenon_result;

/* Memory of the plugin's. A function owns what it gets: the block in which all its texts are,
 * which tenon_free takes by the first of them, and the result of a host function. */
void* tenon_alloc(size_t size) __attribute__((export_name("tenon_alloc")));
void tenon_free(const void* block);

/* Gives a block of tenon_alloc to the host, which copies it before it calls the plugin again. The
 * next tenon_give frees it. */
tenon_result tenon_give(void* block, size_t size);

/* What a host function returned. */
static inline char* tenon_pointer(tenon_result result) { return (char*)(uintptr_t)(result >> 32); }
static inline size_t tenon_size(tenon_result result) { return (size_t)(uint32_t)result; }

/* Says that this call failed, and why: the host gets the message, whatever the function returns. */
__attribute__((import_module("tenon"), import_name("error"))) void tenon_error(const char* message,
                                                                               size_t size);
/* A line for the host's log. */
__attribute__((import_module("tenon"), import_name("log"))) void tenon_log(const char* line, size_t size);

/* Weak: each file of a plugin has them, and the linker takes one. */
#define TENON_SHARED __attribute__((weak))

#if __has_include(<stdlib.h>)
#include <stdlib.h>
TENON_SHARED void* tenon_alloc(size_t size) { return malloc(size); }
TENON_SHARED void tenon_free(const void* block) { free((void*)block); }
#else
/* Blocks of 16, 32, 64, … bytes behind the data, each behind 8 bytes that say which. Free ones are
 * kept for the next of their size. */
extern unsigned char __heap_base;
TENON_SHARED uintptr_t tenon_top;
TENON_SHARED uintptr_t tenon_free_blocks[32];
TENON_SHARED void* tenon_alloc(size_t size) {
  if (size > ((size_t)1 << 30)) return NULL;
  unsigned power = 4;
  while (((size_t)1 << power) < size + 8) ++power;
  uintptr_t block = tenon_free_blocks[power];
  if (block != 0) {
    tenon_free_blocks[power] = *(uintptr_t*)block;
    return (void*)block;
  }
  if (tenon_top == 0) tenon_top = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  const uint64_t room = (uint64_t)__builtin_wasm_memory_size(0) << 16;
  const uint64_t end = (uint64_t)tenon_top + ((size_t)1 << power);
  if (end > room && __builtin_wasm_memory_grow(0, (size_t)((end - room + 65535) >> 16)) == SIZE_MAX)
    return NULL;
  block = tenon_top + 8;
  tenon_top = (uintptr_t)end;
  *(uintptr_t*)(block - 8) = power;
  return (void*)block;
}
TENON_SHARED void tenon_free(const void* pointer) {
  if (pointer == NULL) return;
  const uintptr_t block = (uintptr_t)pointer;
  const uintptr_t power = *(const uintptr_t*)(block - 8);
  *(uintptr_t*)block = tenon_free_blocks[power];
  tenon_free_blocks[power] = block;
}
#endif

TENON_SHARED void* tenon_given;
TENON_SHARED tenon_result tenon_give(void* block, size_t size) {
  if (tenon_given != block) tenon_free(tenon_given);
  tenon_given = block;
  return (uint64_t)(uintptr_t)block << 32 | (uint32_t)size;
}

#ifdef __cplusplus
}
#endif

#endif
