// References to functions of one type as imports.
#include <gmock/gmock.h>

#include "function_references/guests.hpp"

namespace tenon::e2e::function_references {
namespace {

using testing::HasSubstr;
using FunctionReferenceImports = FunctionReferences;

// Imports "p" "item" of this kind and type, written with type 0 kUnary and 1 kOther.
Bytes importer(const Bytes& kind_and_type) {
  return kHeader + section(1, {2, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 1, 0x7E, 1, 0x7E}) +
         section(2, Bytes{1} + name("p") + name("item") + kind_and_type);
}

class Importer {
 public:
  Importer(const Bytes& kind_and_type, const compiler::CompileOptions& options)
      : guest_(importer(kind_and_type), options) {}
  [[nodiscard]] std::expected<Instance, Error> with(Store& store, const Extern& item) const {
    Imports imports;
    imports.define("p", "item", item);
    return store.instantiate(guest_.module(), imports);
  }
  [[nodiscard]] const Module& module() const { return guest_.module(); }

 private:
  tests::Guest guest_;
};

void expect_refused(const std::expected<Instance, Error>& instance, const std::string& why) {
  ASSERT_FALSE(instance) << "linked, but expected: " << why;
  EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  EXPECT_THAT(instance.error().message, HasSubstr(why));
}

TEST_P(FunctionReferenceImports, OfConstantsMayBeSupertypes) {
  const Extern square = *provider_->find_export("square ref");
  for (const Bytes& type : {Bytes{0x64, 0}, Bytes{0x63, 0}, Bytes{0x64, 0x70}, Bytes{0x70}}) {
    EXPECT_TRUE(Importer(Bytes{3} + type + Bytes{0}, options()).with(store_, square));
  }
  const Extern or_null = store_.create_global({unary_or_null(), false}, null()).value();
  EXPECT_TRUE(Importer({3, 0x63, 0, 0}, options()).with(store_, or_null));
  expect_refused(Importer({3, 0x64, 0, 0}, options()).with(store_, or_null),
                 "(global (ref (i32) -> i32)) is defined as global (ref null (i32) -> i32)");
  expect_refused(Importer({3, 0x63, 1, 0}, options()).with(store_, square),
                 "(global (ref null (i64) -> i64)) is defined as global (ref (i32) -> i32)");
  const Extern any = store_.create_global({ValueType::funcref, false}, null()).value();
  expect_refused(Importer({3, 0x63, 0, 0}, options()).with(store_, any), "is defined as global funcref");
}

// Who writes it as the one type would break it as the other.
TEST_P(FunctionReferenceImports, OfVariablesAreExact) {
  const Extern global = *instance_->find_export("global");
  EXPECT_TRUE(Importer({3, 0x64, 0, 1}, options()).with(store_, global));
  expect_refused(Importer({3, 0x63, 0, 1}, options()).with(store_, global),
                 "is defined as global mut (ref (i32)");
  expect_refused(Importer({3, 0x70, 1}, options()).with(store_, global),
                 "is defined as global mut (ref (i32)");
  expect_refused(Importer({3, 0x64, 0, 0}, options()).with(store_, global),
                 "is defined as global mut (ref (i32)");
}

TEST_P(FunctionReferenceImports, OfTablesAreExact) {
  const Extern table = *instance_->find_export("table");
  EXPECT_TRUE(Importer({1, 0x64, 0, 0, 0}, options()).with(store_, table));
  expect_refused(Importer({1, 0x63, 0, 0, 0}, options()).with(store_, table),
                 "is defined as table (ref (i32)");
  expect_refused(Importer({1, 0x70, 0, 0}, options()).with(store_, table), "is defined as table (ref (i32)");
  expect_refused(Importer({1, 0x64, 1, 0, 0}, options()).with(store_, table),
                 "is defined as table (ref (i32)");
}

TEST_P(FunctionReferenceImports, AreToldAsTheHostMakesThem) {
  const Importer guest({3, 0x64, 0, 0}, options());
  const auto& type = std::get<GlobalType>(guest.module().info().imports.at(0).type);
  EXPECT_EQ(type.value, non_null(reference_to(kUnary)));
  EXPECT_EQ(*referenced_type(type.value), kUnary);
  EXPECT_EQ(to_string(type.value), "(ref (i32) -> i32)");
  EXPECT_EQ(instance_->function("apply")->type(),
            (FunctionType{{unary_or_null(), ValueType::i32}, {ValueType::i32}}));
}

// What nothing defines has a null, or no stand-in.
TEST_P(FunctionReferenceImports, HaveStandInsWhereThereIsNull) {
  Imports imports;
  imports.unknown(UnknownImports::zero);
  EXPECT_TRUE(store_.instantiate(Importer({3, 0x63, 0, 0}, options()).module(), imports));
  EXPECT_TRUE(store_.instantiate(Importer({1, 0x63, 0, 0, 1}, options()).module(), imports));
  for (const Bytes& import : {Bytes{3, 0x64, 0, 0}, Bytes{3, 0x64, 0x6F, 0}, Bytes{1, 0x64, 0, 0, 1}}) {
    const auto instance = store_.instantiate(Importer(import, options()).module(), imports);
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().code, ErrorCode::unknown_import);
    EXPECT_THAT(instance.error().message, HasSubstr("there is no zero of (ref "));
  }
  const auto instance = store_.instantiate(guest_.module(), imports).value();
  const auto result = instance.function("call made")->call({{i32(1)}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::signature_mismatch);
}

INSTANTIATE_TEST_SUITE_P(All, FunctionReferenceImports, testing::Values(2));

}  // namespace
}  // namespace tenon::e2e::function_references
