// Plugins of Tenon's own protocol, honest and not: docs/guide/protocols.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "base/bytes.hpp"
#include "support/wat.hpp"
#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;
using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

constexpr char kDeclaration[] = R"(tenon 1
export transform(text, text) -> text
export init(text)
export same(text?) -> text?
export flip(bytes) -> bytes
export mixed(bool, text, i64, f32, f64, text) -> f64
export refuse(text) -> text
export panic(text)
export ask(text) -> text
export swallow(text)
export answer(text) -> text
)";

// `tenon_alloc` counts upwards from 1024, or gives `lie` where that is not 0. `answer` returns
// `lie_result`.
constexpr char kGuest[] = R"((module
  (import "tenon" "error" (func $error (param i32 i32)))
  (import "tenon" "log" (func $log (param i32 i32)))
  (import "app" "host" (func $host (param i32 i32) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 16) "it broke")
  (global $top (mut i32) (i32.const 1024))
  (global $lie (export "lie") (mut i32) (i32.const 0))
  (global $result (export "result") (mut i64) (i64.const 0))
  (global $allocations (export "allocations") (mut i32) (i32.const 0))
  (func $pack (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1))))
  (func (export "tenon_alloc") (param $size i32) (result i32)
    (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
    (if (global.get $lie) (then (return (global.get $lie))))
    (global.get $top)
    (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (if (i32.gt_u (global.get $top) (i32.const 65536)) (then unreachable)))
  (func (export "transform") (param i32 i32 i32 i32) (result i64) (call $pack (local.get 2) (local.get 3)))
  (func (export "init") (param i32 i32) (call $log (local.get 0) (local.get 1)))
  (func (export "same") (param i32 i32) (result i64) (call $pack (local.get 0) (local.get 1)))
  (func (export "flip") (param i32 i32) (result i64)
    (i32.store8 (local.get 0) (i32.xor (i32.load8_u (local.get 0)) (i32.const 255)))
    (call $pack (local.get 0) (local.get 1)))
  (func (export "mixed") (param i32 i32 i32 i64 f32 f64 i32 i32) (result f64)
    (f64.add (f64.add (f64.convert_i32_u (i32.add (local.get 0) (i32.add (local.get 2) (local.get 7))))
                      (f64.convert_i64_s (local.get 3)))
             (f64.add (f64.promote_f32 (local.get 4)) (local.get 5))))
  (func (export "refuse") (param i32 i32) (result i64) (call $error (i32.const 16) (i32.const 8)) (i64.const -1))
  (func (export "panic") (param i32 i32) (call $error (i32.const 16) (i32.const 8)) unreachable)
  (func (export "ask") (param i32 i32) (result i64) (call $host (local.get 0) (local.get 1)))
  (func (export "swallow") (param i32 i32))
  (func (export "answer") (param i32 i32) (result i64) (global.get $result))
  (func (export "hand") (param i32 i32) (drop (call $host (local.get 0) (local.get 1))))
  (func (export "say") (param i32 i32) (call $error (local.get 0) (local.get 1)))))";

base::Bytes with_section(std::string_view wat, std::string_view contents) {
  base::Bytes wasm = tests::wat_to_wasm(wat);
  constexpr std::string_view kName = "tenon.protocol";
  base::ByteWriter section;
  section.string(kName);
  section.raw({reinterpret_cast<const std::uint8_t*>(contents.data()), contents.size()});
  base::ByteWriter out;
  out.u8(0);
  out.leb(section.bytes().size());
  out.raw(section.bytes());
  const auto bytes = out.bytes();
  wasm.insert(wasm.end(), bytes.begin(), bytes.end());
  return wasm;
}

const Module& declared() {
  static const tests::Guest kGuestModule(with_section(kGuest, kDeclaration),
                                         {.optimization_level = 0, .resettable = true});
  return kGuestModule.module();
}

PluginOptions options() {
  return PluginOptions{}
      .host_function("app", "host", [](std::string_view text) { return "<" + std::string(text) + ">"; })
      .log([](LogStream, std::string_view) {});
}

template <typename Signature>
PluginFunction<Signature> find(const Plugin& plugin, std::string_view name) {
  auto function = plugin.function<Signature>(name);
  if (!function) throw std::runtime_error(to_string(function.error()));
  return std::move(*function);
}

void set(const Plugin& plugin, std::string_view global, const Value& value) {
  ASSERT_TRUE(std::get<Global>(*plugin.instance().find_export(global)).set(value));
}

std::expected<std::string, Error> call_text(Plugin& plugin, std::string_view name, std::string_view text) {
  return plugin.call(name, std::array{text});
}

TEST(DeclaredPlugin, SaysItsProtocol) { EXPECT_EQ(declared().info().protocol, Protocol::tenon); }

TEST(DeclaredPlugin, TextsBytesAndNumbersCross) {
  Lines lines;
  auto plugin = load(declared(), options().log(into(lines)));
  ASSERT_TRUE(plugin.init("configuration"));
  EXPECT_EQ(lines, (Lines{{LogStream::trace, "configuration"}}));
  for (const std::string& text : {""s, "a"s, "a\0b"s, "Grüße 👋"s, std::string(20'000, 'x')}) {
    EXPECT_EQ(plugin.execute("key", text).value(), text);
    auto fresh = load(declared(), options());
    EXPECT_EQ(find<std::optional<std::string>(std::optional<std::string_view>)>(fresh, "same")(text).value(),
              text);
  }
  EXPECT_EQ(
      find<std::optional<std::string>(std::optional<std::string_view>)>(plugin, "same")(std::nullopt).value(),
      std::nullopt);
  const Bytes bytes{std::byte{1}, std::byte{0}, std::byte{7}};
  EXPECT_EQ(find<Bytes(View)>(plugin, "flip")(bytes).value(),
            (Bytes{std::byte{254}, std::byte{0}, std::byte{7}}));
  const auto mixed =
      find<double(bool, std::string_view, std::int64_t, float, double, std::string_view)>(plugin, "mixed");
  EXPECT_EQ(mixed(true, "four", -10, 0.5, 0.25, "").value(), -4.25);
}

TEST(DeclaredPlugin, ACallTakesOneAllocation) {
  auto plugin = load(declared(), options());
  ASSERT_TRUE(plugin.execute("key", "payload"));
  EXPECT_EQ(std::get<Global>(*plugin.instance().find_export("allocations")).get().i32(), 1);
}

TEST(DeclaredPlugin, AnErrorIsSaidAndThePluginStaysUsable) {
  auto plugin = load(declared(), options());
  const auto refused = call_text(plugin, "refuse", "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::guest_error);
  EXPECT_EQ(refused.error().message, "it broke");
  EXPECT_EQ(plugin.execute("key", "still here").value(), "still here");
}

TEST(DeclaredPlugin, APanicSaysWhyAndStopsThePlugin) {
  auto plugin = load(declared(), options());
  const auto panicked = call_text(plugin, "panic", "x");
  ASSERT_FALSE(panicked);
  EXPECT_EQ(panicked.error().code, ErrorCode::guest_abort);
  EXPECT_EQ(panicked.error().message, "it broke (trap: unreachable)");
  EXPECT_TRUE(plugin.stopped());
}

TEST(DeclaredPlugin, HostFunctionsTakeAndGiveTexts) {
  auto plugin = load(declared(), options());
  for (const std::string text : {"", "a", "👋"})
    EXPECT_EQ(call_text(plugin, "ask", text).value(), "<" + text + ">");
}

TEST(DeclaredPlugin, TypesAreThoseThatItDeclares) {
  auto plugin = load(declared(), options());
  const auto wrong = plugin.function<std::string(std::string_view, bool)>("transform");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::signature_mismatch);
  EXPECT_EQ(wrong.error().message,
            "the plugin declares transform(text, text) -> text, and the host asks for a function (text, "
            "bool) -> text");
  EXPECT_FALSE(plugin.function<std::string(std::string_view, View)>("transform"));
  EXPECT_FALSE(plugin.function<Bytes(std::string_view, std::string_view)>("transform"));
  EXPECT_FALSE(plugin.function<std::string(std::string_view)>("same"));
  EXPECT_TRUE(plugin.function<std::optional<std::string>(std::string_view)>("same"));
  EXPECT_FALSE(plugin.function<std::string(std::optional<std::string_view>)>("answer"));
  EXPECT_THAT(plugin.function<void(std::uint32_t, std::uint32_t)>("hand").error().message,
              HasSubstr("does not declare it"));
  EXPECT_EQ(plugin.function<void()>("none").error().code, ErrorCode::unknown_export);
}

TEST(DeclaredPlugin, AnAllocatorThatLiesIsAnError) {
  for (const std::int32_t lie : {65536, 65535, -1, -8, 0x7FFFFFFF}) {
    auto plugin = load(declared(), options());
    set(plugin, "lie", Value::from_i32(lie));
    const auto wrong = plugin.execute("a key that is long", "x");
    ASSERT_FALSE(wrong) << lie;
    EXPECT_EQ(wrong.error().code, ErrorCode::protocol) << lie;
    EXPECT_FALSE(plugin.stopped());
  }
}

TEST(DeclaredPlugin, AResultThatLiesIsAnError) {
  auto plugin = load(declared(), options());
  struct Case {
    std::uint64_t address, size;
    std::string_view says;
  };
  for (const auto& [address, size, says] :
       {Case{65536, 1, "outside a memory of 65536 bytes"}, Case{0xFFFFFFFF, 0xFFFFFFFF, "outside a memory"},
        Case{1, 65536, "outside a memory"}, Case{0, 0, "answer returned null"},
        Case{0, 5, "answer returned null"}}) {
    set(plugin, "result", Value::from_i64(static_cast<std::int64_t>(address << 32 | size)));
    const auto wrong = call_text(plugin, "answer", "x");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::protocol);
    EXPECT_THAT(wrong.error().message, HasSubstr(says));
  }
  set(plugin, "result", Value::from_i64(std::int64_t{65536} << 32));
  EXPECT_EQ(call_text(plugin, "answer", "x").value(), "");  // nothing, at the end
  auto limited = load(declared(), options().result_limit(3));
  EXPECT_EQ(limited.execute("k", "four").error().code, ErrorCode::out_of_resources);
  EXPECT_EQ(limited.execute("k", "two").value(), "two");
}

TEST(DeclaredPlugin, PointersToHostFunctionsAreChecked) {
  for (const auto& [address, size] :
       {std::pair(0, 0), std::pair(65536, 1), std::pair(-1, -1), std::pair(1, -1)}) {
    for (const char* function : {"hand", "say"}) {
      auto plugin = load(declared(), options());
      const auto raw = plugin.instance().function<void(std::int32_t, std::int32_t)>(function);
      const auto done = (*raw)(address, size);
      if (done) continue;
      EXPECT_EQ(done.error().code, ErrorCode::protocol) << function << address;
    }
  }
}

TEST(DeclaredPlugin, ACallSeesNoErrorOfTheOneBefore) {
  auto plugin = load(declared(), options());
  const auto say = plugin.instance().function<void(std::int32_t, std::int32_t)>("say");
  ASSERT_TRUE((*say)(16, 8));
  EXPECT_EQ(plugin.execute("key", "payload").value(), "payload");
}

TEST(DeclaredPlugin, EachCallMayBeFresh) {
  auto plugin = load(declared(), options().isolation(Isolation::fresh_each_call));
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(plugin.execute("key", "0123456789").value(), "0123456789");
  EXPECT_EQ(call_text(plugin, "panic", "x").error().code, ErrorCode::guest_abort);
  EXPECT_EQ(plugin.execute("key", "x").value(), "x");
}

Error refusal(std::string_view declaration, std::string_view wat = kGuest) {
  const auto compiled = compiler::compile(with_section(wat, declaration), {.optimization_level = 0});
  return compiled ? Error{.message = "none"} : compiled.error();
}

TEST(DeclaredPlugin, DeclarationsAreChecked) {
  EXPECT_THAT(refusal("export init(text)\n").message, HasSubstr("has no line \"tenon 1\""));
  EXPECT_THAT(refusal("tenon 2\n").message, HasSubstr("speaks version 2 of Tenon's protocol"));
  EXPECT_THAT(refusal("tenon 1\nexport init(text)\nexport init(text)\n").message,
              HasSubstr("declares init twice"));
  EXPECT_THAT(refusal("tenon 1\nexport nothing(text)").message,
              HasSubstr("declares nothing(text), which is (i32, i32) -> (), but exports no such function"));
  EXPECT_THAT(refusal("tenon 1\nexport init(text, i32)").message, HasSubstr("but exports (i32, i32) -> ()"));
  EXPECT_THAT(refusal("tenon 1\nexport memory(text)").message, HasSubstr("no function of that name"));
  EXPECT_THAT(refusal("tenon 1\n", "(module)").message, HasSubstr("the plugin exports no memory"));
  for (const char* line :
       {"export", "export (text)", "export init", "export init(", "export init(text", "export init(string)",
        "export init(text) -> none", "export init(text) and more", "import host(text)", "import .host(text)",
        "import app.(text)", "something", "export init(,)", "export init(text,)",
        "export init(i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32,i32)"}) {
    const auto error = refusal("tenon 1\n"s + line + "\n");
    EXPECT_EQ(error.code, ErrorCode::malformed) << line;
    EXPECT_THAT(error.message, HasSubstr("line 2 of the section tenon.protocol")) << line;
  }
  EXPECT_EQ(refusal("\0\n tenon 1 \r\n\n\texport  init ( text )\0"s).message, "none");
}

TEST(DeclaredPlugin, HostFunctionsHaveTheTypesThatItDeclares) {
  const tests::Guest guest(
      with_section(kGuest, std::string(kDeclaration) + "import app.host(text) -> text\n"),
      {.optimization_level = 0});
  const auto with = [&](auto callable) {
    return Plugin::load(guest.module(), PluginOptions{}.host_function("app", "host", std::move(callable)));
  };
  EXPECT_TRUE(with([](std::string_view) { return std::string(); }));
  EXPECT_TRUE(with([](std::optional<std::string_view>) { return std::string(); }));
  const auto wrong = with([](std::string_view) -> std::optional<std::string> { return std::nullopt; });
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::incompatible_import);
  EXPECT_EQ(
      wrong.error().message,
      "the plugin declares the import app.host(text) -> text, and the host gives a function (text) -> text?");
  EXPECT_FALSE(with([](View) { return Bytes(); }));
}

TEST(DeclaredPlugin, AMistakeInADeclarationIsAnErrorOfCompiling) {
  const auto error = [](const char* line) {
    const auto compiled = compiler::compile(with_section(kGuest, "tenon 1\n"s + line), {});
    return compiled ? std::string("none") : compiled.error().message;
  };
  EXPECT_THAT(error("export init(txt)"), HasSubstr("line 2 of the section tenon.protocol"));
  EXPECT_THAT(error("export init(i32)"), HasSubstr("but exports (i32, i32) -> ()"));
  EXPECT_THAT(error("import app.host(i32) -> text"), HasSubstr("but imports"));
  EXPECT_THAT(error("import app.host(text) -> text\nimport app.host(text) -> text"), HasSubstr("twice"));
  EXPECT_EQ(error("import other.host(bool)"), "none");
}

TEST(DeclaredPlugin, ADeclarationHasALimit) {
  const std::string large = "tenon 1\n" + std::string(65536, '\n');
  const auto compiled = compiler::compile(with_section(kGuest, large), {});
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().code, ErrorCode::limit_exceeded);
  EXPECT_THAT(compiled.error().message, HasSubstr("tenon.protocol has 65544 bytes; the limit is 65536"));
}

}  // namespace
}  // namespace tenon::plugin
