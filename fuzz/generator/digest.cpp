#include "digest.hpp"

#include <optional>

namespace tenon::fuzz {
namespace {

class Digest {
 public:
  explicit Digest(const Shape& shape) : shape_(shape) {}

  Bytes make() && {
    code_.unsigned_number(2);
    code_.unsigned_number(1), write(code_, i64);  // local 0: the hash
    code_.unsigned_number(1), write(code_, i64);  // local 1: a place
    for (const Import& item : shape_.imports) {
      if (item.module != kFirstInstance || item.name != kDigest) continue;
      op(0x10).unsigned_number(item.index);
      mix();
    }
    for (std::uint32_t i = 0; i < shape_.memories.size(); ++i) add_memory(i);
    for (std::uint32_t i = 0; i < shape_.tables.size(); ++i) add_table(i);
    for (std::uint32_t i = 0; i < shape_.globals.size(); ++i) {
      if (i != shape_.fuel) add_global(i);
    }
    op(0x20).unsigned_number(0);
    op(0x0B);
    return std::move(code_);
  }

 private:
  Bytes& op(std::uint8_t code) { return code_.byte(code); }

  // hash = (rotl(hash, 5) ^ the i64 on the stack) * an odd number
  void mix() {
    op(0x20).unsigned_number(0);
    op(0x42).signed_number(5);
    op(0x89), op(0x85);
    op(0x42).signed_number(static_cast<std::int64_t>(0x9E3779B97F4A7C15u));
    op(0x7E);
    op(0x21).unsigned_number(0);
  }
  void mix_i32() {
    op(0xAD);
    mix();
  }
  void place(bool is_64) {
    op(0x20).unsigned_number(1);
    if (!is_64) op(0xA7);
  }
  // Opens a loop over local 1, and closes it.
  void open_loop() {
    op(0x42).signed_number(0);
    op(0x21).unsigned_number(1);
    op(0x03).byte(0x40);
  }
  void close_loop(std::int64_t step, std::int64_t end) {
    op(0x20).unsigned_number(1);
    op(0x42).signed_number(step);
    op(0x7C);
    op(0x22).unsigned_number(1);
    op(0x42).signed_number(end);
    op(0x54);
    op(0x0D).unsigned_number(0);
    op(0x0B);
  }

  void add_memory(std::uint32_t memory) {
    const bool is_64 = shape_.memories[memory].is_64;
    op(0x3F).unsigned_number(memory);
    is_64 ? mix() : mix_i32();
    open_loop();  // the first page: each memory has one, and addresses stay there mostly
    place(is_64);
    op(0x29).unsigned_number(0x43).unsigned_number(memory).unsigned_number(0);
    mix();
    close_loop(8, 65536);
  }

  void add_table(std::uint32_t table) {
    const Limits& limits = shape_.tables[table].limits;
    op(0xFC).unsigned_number(16).unsigned_number(table);
    limits.is_64 ? mix() : mix_i32();
    open_loop();
    place(limits.is_64);
    op(0x25).unsigned_number(table);
    op(0xD1);
    mix_i32();
    close_loop(1, limits.minimum);
  }

  void add_global(std::uint32_t global) {
    const Type t = shape_.globals[global].type;
    op(0x23).unsigned_number(global);
    if (is_reference(t)) {
      op(0xD1);
      mix_i32();
    } else if (t == v128) {
      op(0xFD).unsigned_number(0x1D).byte(0);
      mix();
      op(0x23).unsigned_number(global);
      op(0xFD).unsigned_number(0x1D).byte(1);
      mix();
    } else if (t == i64) {
      mix();
    } else if (t == f64) {
      op(0xBD);
      mix();
    } else {
      if (t == f32) op(0xBC);
      mix_i32();
    }
  }

  const Shape& shape_;
  Bytes code_;
};

}  // namespace

Bytes make_digest(const Shape& shape) { return Digest(shape).make(); }

}  // namespace tenon::fuzz
