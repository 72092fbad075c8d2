// No instructions of the machine's own: every vector operator is lowered by its rule in
// LLVM's own terms.
#include "compiler/machine/vector_rule.hpp"

namespace tenon::compiler {

VectorRule machine_vector_rule(std::string_view) { return nullptr; }

llvm::Value* machine_extreme(llvm::IRBuilder<>&, bool, llvm::Value*, llvm::Value*) { return nullptr; }

}  // namespace tenon::compiler
