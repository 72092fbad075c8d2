// Modules in the binary format, put together from sections for tests.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wasm/module.hpp"

namespace tenon::wasm::testing {

using base::Bytes;

inline Bytes leb(std::uint64_t value) {
  base::ByteWriter writer;
  writer.leb(value);
  return writer.bytes();
}

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes repeat(const Bytes& bytes, std::size_t times) {
  Bytes result;
  result.reserve(bytes.size() * times);
  for (std::size_t i = 0; i < times; ++i) result.insert(result.end(), bytes.begin(), bytes.end());
  return result;
}

// A length, then the bytes.
inline Bytes sized(const Bytes& bytes) { return leb(bytes.size()) + bytes; }
inline Bytes name(std::string_view text) { return sized(Bytes(text.begin(), text.end())); }

inline const Bytes kHeader = {0, 'a', 's', 'm', 1, 0, 0, 0};
inline Bytes section(std::uint8_t id, const Bytes& contents) { return Bytes{id} + sized(contents); }
inline Bytes custom(std::string_view text, const Bytes& contents) {
  return section(0, name(text) + contents);
}

// The sections that nearly every test needs.
inline const Bytes kNoType = section(1, {1, 0x60, 0, 0});  // () -> ()
inline const Bytes kOneFunction = section(3, {1, 0});
inline const Bytes kEmptyBody = section(10, {1, 2, 0, 0x0B});

// One function of type 0 with these operators; the final end is added.
inline Bytes code(const Bytes& operators) {
  return section(10, Bytes{1} + sized(Bytes{0} + operators + Bytes{0x0B}));
}

// Unless told otherwise, tests ask what holds in WebAssembly 2.0: the rules that
// later proposals change are tested with these.
// Bodies and segments of the module are views into `bytes`.
inline std::expected<Module, Error> read(const Bytes& bytes, FeatureSet features = webassembly2_features()) {
  return read_module(bytes, features);
}

inline void expect_accepted(const Bytes& bytes, FeatureSet features = webassembly2_features()) {
  const auto module = read(bytes, features);
  EXPECT_TRUE(module) << module.error().message;
}

inline void expect_refused(const Bytes& bytes, ErrorCode error_code, std::string_view message,
                           FeatureSet features = webassembly2_features()) {
  const auto module = read(bytes, features);
  ASSERT_FALSE(module) << "accepted, but expected: " << message;
  EXPECT_EQ(to_string(module.error().code), to_string(error_code)) << module.error().message;
  EXPECT_EQ(module.error().phase, error_code == ErrorCode::invalid ? Phase::validate : Phase::read);
  EXPECT_NE(module.error().message.find(message), std::string::npos) << module.error().message;
}

// The same, and at exactly this byte.
inline void expect_refused_at(std::uint64_t offset, const Bytes& bytes, ErrorCode error_code,
                              std::string_view message, FeatureSet features = webassembly2_features()) {
  expect_refused(bytes, error_code, message, features);
  const auto module = read(bytes, features);
  if (!module) {
    EXPECT_EQ(module.error().byte_offset, offset) << module.error().message;
  }
}

}  // namespace tenon::wasm::testing
