#include "event_log.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace tenon::fuzz {

namespace {

bool muted = false;

std::string hex(std::uint64_t bits, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(bits));
  return text;
}

}  // namespace

std::string to_text(const Value& value) {
  switch (value.type()) {
    case ValueType::i32: return "i32:" + hex(value.low_bits() & 0xFFFFFFFF, 8);
    case ValueType::i64: return "i64:" + hex(value.low_bits(), 16);
    case ValueType::f32:
      return "f32:" + (std::isnan(value.f32()) ? "nan" : hex(value.low_bits() & 0xFFFFFFFF, 8));
    case ValueType::f64: return "f64:" + (std::isnan(value.f64()) ? "nan" : hex(value.low_bits(), 16));
    case ValueType::v128: return "v128:" + hex(value.high_bits(), 16) + hex(value.low_bits(), 16);
    case ValueType::externref: return value.externref().is_null() ? "externref:null" : "externref:set";
    default: return value.low_bits() == 0 ? "funcref:null" : "funcref:set";
  }
}

std::string to_text(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) text += " " + to_text(value);
  return text;
}

std::uint32_t hash_memory(std::span<const std::uint8_t> bytes) {
  bytes = bytes.first(std::min(bytes.size(), kHashedBytes));
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    hash = (std::rotl(hash, 5) ^ word) * 0x9E3779B1u;
  }
  return hash;
}

void mute_events(bool mute) { muted = mute; }

void write_event(std::string_view kind, std::string_view text) {
  if (muted) return;
  std::printf("%.*s%s%.*s\n", static_cast<int>(kind.size()), kind.data(),
              text.empty() || text.front() == ' ' ? "" : " ", static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

}  // namespace tenon::fuzz
