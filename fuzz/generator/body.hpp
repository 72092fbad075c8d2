// The body of one function: any mix of everything, of the right types.
#pragma once

#include "random.hpp"
#include "shape.hpp"

namespace tenon::fuzz {

// How results stay comparable and calls short:
//
// - NaNs are made canonical where they arise (`canonical`), so that which one an
//   engine gives is never seen.
// - Before each call and each turn of a loop the module's fuel is looked at;
//   an ordinary call takes more of it, which bounds the stack. Where it is used
//   up the function returns something at once.
class Body {
 public:
  Body(Shape& shape, std::uint32_t function, Random& random);
  // Locals and code, as the code section has them.
  [[nodiscard]] Bytes make();

 private:
  struct Label {
    Types types;
    bool is_catch = false;  // of a legacy try, where `rethrow` may name it
  };
  enum class Form : std::uint8_t { direct, indirect, reference };
  struct Callee {
    Form form;
    std::uint32_t function;  // or type, where it is not direct
    std::uint32_t table = 0;
    std::optional<std::uint32_t> place;  // of the table, with a function of the type
  };

  // body.cpp: statements, which leave the stack as it is.
  void statement(int depth);
  void statements(int depth);
  void store_result(Type t);  // pops it
  void if_statement(int depth);
  void loop_statement(int depth);
  void branch(int depth);
  void memory_statement(int depth);
  void table_statement(int depth);
  void block_type(const Types& types);
  void burn(std::uint32_t fuel);
  void big_frame(bool at_end);

  // expressions.cpp: each leaves one value.
  void expression(Type t, int depth);
  void terminal(Type t);
  void number(Type t, int depth);
  void vector(int depth);
  void reference(Type t, int depth);
  void canonical(Type t);
  void canonical_vector(bool of_doubles);
  void load(Type t, int depth);
  void address(std::uint32_t memory, int depth);
  void memory_argument(std::uint32_t memory, std::uint32_t alignment);
  void index_into(const Limits& limits, int depth);
  void small_index(const Limits& limits, std::uint32_t most);
  void constant(Type t);
  void address_constant(const Limits& limits, std::uint64_t n);

  // calls.cpp: calls, tail calls, exceptions.
  void call_statement(int depth);
  bool call_expression(Type t, int depth);
  void call(const Callee& callee, bool tail, int depth);
  bool tail_call(int depth);
  [[nodiscard]] Callee pick_callee(std::uint32_t function);
  [[nodiscard]] std::optional<Callee> in_a_table(std::uint32_t type);
  [[nodiscard]] FunctionType type_of(const Callee& callee) const;
  void throw_something(int depth);
  void handled(Type t, int depth);
  struct Catch {
    std::uint8_t kind;  // as try_table has it: of a tag or all, with or without the reference
    std::uint32_t tag;
    Types values;
  };
  [[nodiscard]] Catch pick_catch();
  void handled_by_table(Type t, int depth);
  void handled_by_legacy(Type t, int depth);

  [[nodiscard]] std::optional<std::uint32_t> local_for(Type t, bool to_set);
  Bytes& op(std::uint8_t code) { return code_.byte(code); }
  Bytes& op(std::uint8_t prefix, std::uint32_t code) { return code_.byte(prefix).unsigned_number(code); }
  void spend(std::size_t amount) { budget_ -= static_cast<int>(amount); }

  Shape& shape_;
  std::uint32_t function_;
  FunctionType type_;
  Random& random_;
  Bytes code_;
  Types locals_;  // parameters first
  std::uint32_t scratch_f32_ = 0, scratch_f64_ = 0, scratch_v128_ = 0;
  std::uint32_t frame_first_ = 0, frame_size_ = 0;
  std::vector<Label> labels_;  // innermost last
  int budget_ = 0;
};

}  // namespace tenon::fuzz
