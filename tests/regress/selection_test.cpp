// The loop vectoriser once made llvm.canonicalize of two floats, which LLVM's back
// end cannot select: it aborted, and `tenon compile` with it. Here the back end gets
// every intrinsic that lowering emits and vectorisers may widen, at every count of
// lanes, for each level of x86-64, in a child process: none may die, and none may
// become a call of a library function, which an artifact has not got.
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "compiler/llvm.hpp"
#include "compiler/machine/target.hpp"
#include "compiler/optimize/huge.hpp"
#include "compiler/optimize/optimize.hpp"
#include "support/wat.hpp"

#include <llvm/AsmParser/Parser.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/SourceMgr.h>

namespace tenon::regress {
namespace {

using testing::ElementsAre;

struct Subject {
  const char* name;
  unsigned operands;
  char lanes;  // f: float and double; i: i8 to i64; c: from either float to i32 and i64
  const char* last = "";
};
constexpr Subject kSubjects[] = {
    {"canonicalize", 1, 'f'},
    {"copysign", 2, 'f'},
    {"fabs", 1, 'f'},
    {"sqrt", 1, 'f'},
    {"ceil", 1, 'f'},
    {"floor", 1, 'f'},
    {"trunc", 1, 'f'},
    {"roundeven", 1, 'f'},
    {"nearbyint", 1, 'f'},
    {"rint", 1, 'f'},
    {"minnum", 2, 'f'},
    {"maxnum", 2, 'f'},
    {"minimum", 2, 'f'},
    {"maximum", 2, 'f'},
    {"ctpop", 1, 'i'},
    {"ctlz", 1, 'i', ", i1 false"},
    {"bitreverse", 1, 'i'},
    {"cttz", 1, 'i', ", i1 false"},
    {"fshl", 3, 'i'},
    {"fshr", 3, 'i'},
    {"abs", 1, 'i', ", i1 false"},
    {"smin", 2, 'i'},
    {"smax", 2, 'i'},
    {"umin", 2, 'i'},
    {"umax", 2, 'i'},
    {"sadd.sat", 2, 'i'},
    {"uadd.sat", 2, 'i'},
    {"ssub.sat", 2, 'i'},
    {"usub.sat", 2, 'i'},
    {"fptosi.sat", 1, 'c'},
    {"fptoui.sat", 1, 'c'},
};
constexpr unsigned kMostLanes = 17;

// A type's name in IR, and in the names of intrinsics.
std::string type_of(const std::string& lane, unsigned lanes) {
  return lanes == 1 ? lane : "<" + std::to_string(lanes) + " x " + lane + ">";
}
std::string mangled(const std::string& lane, unsigned lanes) {
  const std::string one = lane == "float" ? "f32" : lane == "double" ? "f64" : lane;
  return lanes == 1 ? one : "v" + std::to_string(lanes) + one;
}

// A function that loads its operands and stores its result: the types of
// arguments would be a subject of their own.
std::string function(const Subject& subject, const std::string& from, const std::string& to, unsigned lanes) {
  const std::string operand = type_of(from, lanes), result = type_of(to, lanes);
  std::string loads, arguments;
  for (unsigned i = 0; i < subject.operands; ++i) {
    const std::string number = std::to_string(i);
    loads += "  %p" + number + " = getelementptr i8, ptr %p, i64 " + std::to_string(1024 * i) + "\n";
    loads += "  %a" + number + " = load " + operand + ", ptr %p" + number + ", align 1\n";
    arguments += (i > 0 ? ", " : "") + operand + " %a" + number;
  }
  std::string name = std::string("@llvm.") + subject.name + "." + mangled(to, lanes);
  if (from != to) name += "." + mangled(from, lanes);
  return "define void @f." + mangled(from, lanes) + "." + mangled(to, lanes) + "(ptr %p) {\n" + loads +
         "  %r = call " + result + " " + name + "(" + arguments + subject.last + ")\n  store " + result +
         " %r, ptr %p, align 1\n  ret void\n}\n";
}

std::string functions(const Subject& subject, unsigned first, unsigned last) {
  std::string text;
  for (unsigned lanes = first; lanes <= last; ++lanes) {
    if (subject.lanes == 'i') {
      for (const char* lane : {"i8", "i16", "i32", "i64"}) text += function(subject, lane, lane, lanes);
      continue;
    }
    for (const char* lane : {"float", "double"}) {
      if (subject.lanes == 'f') text += function(subject, lane, lane, lanes);
      if (subject.lanes != 'c') continue;
      for (const char* to : {"i32", "i64"}) text += function(subject, lane, to, lanes);
    }
  }
  return text;
}

enum class Way { plain, optimized, huge };
struct Machine {
  std::string cpu;
  Way way;
};

// 0 where the IR becomes an object that needs no library, 1 where not.
int select(const std::string& text, const Machine& machine) {
  const std::uint8_t level = machine.way == Way::optimized ? 2 : 0;
  auto target = compiler::make_target_machine({.optimization_level = level, .cpu = machine.cpu});
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!target || module == nullptr) return 2;
  module->setTargetTriple((*target)->getTargetTriple());
  module->setDataLayout((*target)->createDataLayout());
  module->setPICLevel(llvm::PICLevel::BigPIC);
  if (machine.way == Way::huge) {
    compiler::optimize_huge(*module, **target, {});
  } else {
    auto budget = compiler::WorkBudget::of(text.size(), level);
    compiler::optimize(*module, **target, level, false, {}, budget);
  }
  auto object = machine.way == Way::huge ? compiler::generate_huge(*module, **target)
                                         : compiler::generate(*module, **target, compiler::Emit::object);
  if (!object) return 1;
  const llvm::MemoryBufferRef bytes(base::as_text(*object), "");
  auto file = llvm::object::ObjectFile::createELFObjectFile(bytes);
  if (!file) return 1;
  for (const auto& symbol : (*file)->symbols()) {
    auto name = symbol.getName();
    const bool is_undefined = symbol.getFlags().get() & llvm::object::SymbolRef::SF_Undefined;
    if (is_undefined && name && !name->empty()) return 1;
  }
  return 0;
}

bool selects_in_a_child(const std::string& text, const Machine& machine) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGTRAP, SIGABRT, SIGSEGV, SIGILL}) std::signal(signal, SIG_DFL);
    close(STDERR_FILENO);  // LLVM's words on its way out
    _exit(select(text, machine));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  EXPECT_NE(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 2) << "the test's IR is wrong:\n" << text;
  return status == 0;
}

class Selection : public testing::TestWithParam<const char*> {};

std::vector<std::string> refused(const Machine& machine) {
  std::vector<std::string> found;
  for (const Subject& subject : kSubjects) {
    if (selects_in_a_child(functions(subject, 1, kMostLanes), machine)) continue;
    for (unsigned lanes = 1; lanes <= kMostLanes; ++lanes) {
      if (!selects_in_a_child(functions(subject, lanes, lanes), machine))
        found.push_back(subject.name + std::string(" of ") + std::to_string(lanes));
    }
  }
  return found;
}

TEST_P(Selection, EveryIntrinsicAtEveryCountOfLanesBecomesInstructions) {
  for (const Way way : {Way::plain, Way::optimized, Way::huge}) {
    EXPECT_THAT(refused({GetParam(), way}), ElementsAre()) << "way " << static_cast<int>(way);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Selection, testing::Values("x86-64-v2", "x86-64-v3", "x86-64-v4"),
                         [](const auto& level) { return std::string(level.param).substr(7); });

// As compilers make it of `for (…) doubles[i] = floats[i];`.
constexpr char kPromoteLoop[] = R"((module (memory (export "m") 1)
  (func (export "a") (param $from i32) (param $to i32) (param $n i32)
    (loop $next
      (f64.store (local.get $to) (f64.promote_f32 (f32.load (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))";

TEST(Canonicalize, OfTwoFloatsMadeByTheLoopVectoriserCompiles) {
  const auto wasm = tests::wat_to_wasm(kPromoteLoop);
  for (std::uint8_t level : {0, 1, 2, 3}) {
    for (const char* cpu : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
      for (const std::uint64_t huge_bytes : {0, 1}) {
        EXPECT_TRUE(compiler::compile(
            wasm, {.optimization_level = level, .cpu = cpu, .jobs = 1, .huge_bytes = huge_bytes}))
            << cpu << " at " << int{level};
      }
    }
  }
}

// Every lane of a signalling NaN comes out quiet, those in the middle of a vector too.
TEST(Canonicalize, OfAVectorisedLoopQuietsEveryLane) {
  const tests::Guest guest(kPromoteLoop);
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance);
  const auto memory = instance->memory("m").value();
  constexpr std::uint32_t kSignalling = 0x7FA12345, kCount = 23;
  for (std::uint32_t i = 0; i < kCount; ++i) std::memcpy(&memory.data()[4 * i], &kSignalling, 4);
  const std::vector<Value> arguments{Value::from_i32(0), Value::from_i32(1024), Value::from_i32(kCount)};
  ASSERT_TRUE(instance->function("a").value().call(arguments));
  for (std::uint32_t i = 0; i < kCount; ++i) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &memory.data()[1024 + 8 * i], 8);
    EXPECT_EQ(bits & 0x7FF8000000000000, 0x7FF8000000000000u) << i;
  }
}

}  // namespace
}  // namespace tenon::regress
