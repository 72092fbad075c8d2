// No check of made code on a machine that nobody has described to it.
#include "compiler/machine/code_reader.hpp"

#include "base/error.hpp"

namespace tenon::compiler {

struct CodeReader::Parts {};

std::expected<std::unique_ptr<CodeReader>, Error> CodeReader::make() {
  return base::fail(Phase::compile, ErrorCode::unsupported, "the code of this machine cannot be checked yet");
}
CodeReader::CodeReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CodeReader::~CodeReader() = default;
std::optional<Instruction> CodeReader::decode(base::ByteView, std::uint64_t) const { return std::nullopt; }
std::string CodeReader::text_of(const Instruction&) const { return {}; }
std::string CodeReader::refusal(const Instruction&) const { return {}; }
bool CodeReader::is_padding(const Instruction&) const { return true; }
CodeState CodeReader::on_entry(Convention) { return {}; }
Effect CodeReader::apply(const Instruction&, CodeState&, const Contents&) const { return {}; }
void CodeReader::come_back(const Instruction&, CodeState&, Convention) const {}
void CodeReader::catch_exception(const Instruction&, CodeState&) const {}
bool CodeReader::decide(const Instruction&, CodeState&, bool) const { return true; }
const Value& CodeReader::stack_pointer(const CodeState& state) { return state.registers[0]; }
std::optional<std::string_view> CodeReader::lost_register(const CodeState&, Convention) {
  return std::nullopt;
}
std::int64_t CodeReader::popped_by(Convention) { return 0; }

}  // namespace tenon::compiler
