#include "reference_modules.hpp"

#include <charconv>
#include <string_view>

namespace tenon::fuzz {
namespace {

// In the text format, with $t for (func (param i32) (result i32)):
//
// (table 3 (ref $t) (ref.func $f))
// (global (ref $t) (ref.func $f))
// (func $f (export "f") (type $t) local.get 0)
// (func (export "g") (result i32) (local (ref $t))
//   ref.func $f  local.set 0  i32.const 4  local.get 0  call_ref $t)
// (func (param (ref null $t)) (result i32)
//   block  i32.const 1  local.get 0  br_on_null 0  call_ref $t  return  end  i32.const 0)
// (func (param (ref null $t)) (result (ref $t)) local.get 0  ref.as_non_null)
// (func (param (ref null $t)) (result (ref $t))
//   block (result (ref $t))  local.get 0  br_on_non_null 0  unreachable  end)
constexpr std::string_view kCalls =
    "0061736d0100000001170460017f017f600163000164006000017f60016300017f0306050002030101040a0140006400"
    "0003d2000b060701640000d2000b0709020166000001670001090501030001000a3905040020000b0f01016400d20021"
    "004104200014000b1000024041012000d50014000f0b41000b05002000d40b0b000264002000d600000b0b";

// Two tables and one imported, segments of (ref $t) and (ref null $t), globals,
// and functions that use return_call_ref, select, table.init, table.copy,
// table.set, table.grow, table.fill, table.get, call_indirect, br_table to labels
// of funcref and (ref null $t), br_on_null of an externref, br_if in a loop.
constexpr std::string_view kTables =
    "0061736d0100000001280660017f017f600263006f0163006003640063007f01630060000060016f01646f600263007f"
    "017f021803016d01740163000001016d016703640000016d016600010307060000020304050409026300000270010204"
    "060c0263000123000b6f00d06f0b09190205640002d2010b23000b060141000b630002d0000bd2010b0a9d0106040020"
    "000b08002000230015000b0c002000200120021c0163000b5c01016400410041004102fc0c0001410041004101fc0e02"
    "014100d0002601d2014101fc0f011a410023014101fc1101410025002401410041001100011a2301d421004102200022"
    "0014001a0270026300d20141000e0101000b0b1a0b0b0002402000d5000f0b000b17000264002000d60041010f0b1a03"
    "7f20010d0041030b0b";

base::Bytes from_hex(std::string_view text) {
  base::Bytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, bytes[i], 16);
  }
  return bytes;
}

}  // namespace

std::vector<base::Bytes> reference_modules() { return {from_hex(kCalls), from_hex(kTables)}; }

}  // namespace tenon::fuzz
