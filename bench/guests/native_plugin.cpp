// The example plugin as a native shared object: the same work and copies, and
// no sandbox. NATIVE_UTF16 decodes to UTF-16 and encodes again, as
// AssemblyScript's strings do; NATIVE_UTF16_STD has the standard library do that;
// else bytes stay bytes.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#ifdef NATIVE_UTF16_STD
#include <codecvt>
#include <locale>
#endif

namespace {

#ifdef NATIVE_UTF16
using Text = std::u16string;

// The loop's texts are ASCII; other text takes the general way.
Text decode(const char* bytes, std::size_t size) {
  Text text;
  text.reserve(size);
  for (std::size_t i = 0; i < size;) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < size; ++k)
      point = point << 6 | (static_cast<unsigned char>(bytes[i + k]) & 0x3F);
    i += length;
    if (point >= 0x10000) text += static_cast<char16_t>(0xD7C0 + (point >> 10));
    text += static_cast<char16_t>(point < 0x10000 ? point : 0xDC00 | (point & 0x3FF));
  }
  return text;
}

std::size_t encode(const Text& text, char* out) {
  char* const start = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t point = text[i];
    if ((point & 0xFC00) == 0xD800 && i + 1 < text.size())
      point = 0x10000 + ((point & 0x3FF) << 10) + (text[++i] & 0x3FF);
    if (point < 0x80) {
      *out++ = static_cast<char>(point);
      continue;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *out++ = static_cast<char>((0xF00 >> more & 0xFF) | point >> (6 * more));
    for (int k = more - 1; k >= 0; --k) *out++ = static_cast<char>(0x80 | (point >> (6 * k) & 0x3F));
  }
  return static_cast<std::size_t>(out - start);
}
constexpr std::size_t kMaxBytes = 3;
#define TEXT(literal) u##literal
#elif defined(NATIVE_UTF16_STD)
using Text = std::u16string;

// Deprecated, and all that the standard library has.
auto& converter() {
  static std::wstring_convert<std::codecvt_utf8_utf16<char16_t>, char16_t> converter;
  return converter;
}
Text decode(const char* bytes, std::size_t size) { return converter().from_bytes(bytes, bytes + size); }
std::size_t encode(const Text& text, char* out) {
  const std::string bytes = converter().to_bytes(text);
  std::memcpy(out, bytes.data(), bytes.size());
  return bytes.size();
}
constexpr std::size_t kMaxBytes = 3;
#define TEXT(literal) u##literal
#else
using Text = std::string;
Text decode(const char* bytes, std::size_t size) { return {bytes, size}; }
std::size_t encode(const Text& text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return text.size();
}
constexpr std::size_t kMaxBytes = 1;
#define TEXT(literal) literal
#endif

}  // namespace

extern "C" {

[[gnu::visibility("default")]] char* plugin_allocate(std::size_t size) {
  return static_cast<char*>(std::malloc(size));
}
[[gnu::visibility("default")]] void plugin_free(char* buffer) { std::free(buffer); }

// A buffer of the plugin's, and its size.
[[gnu::visibility("default")]] char* plugin_transform(const char* key, std::size_t key_size,
                                                      const char* payload, std::size_t payload_size,
                                                      std::size_t* size) {
  const Text text =
      TEXT("transform: ") + decode(key, key_size) + TEXT(" for payload ") + decode(payload, payload_size);
  char* const buffer = plugin_allocate(kMaxBytes * text.size() + 1);
  *size = encode(text, buffer);
  return buffer;
}
}
