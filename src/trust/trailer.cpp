#include "trust/trailer.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "base/utf8.hpp"

namespace tenon::trust {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kBegin = "tenon signature: signed ", kWasm = ", wasm ", kKey = ", key ",
                           kBy = ", by ";

std::string line_of(const SignatureInfo& info) {
  std::string line(kBegin);
  line.append(info.time).append(kWasm).append(base::to_hex(info.source_sha256));
  line.append(kKey).append(info.key_id).append(kBy).append(info.signer).append("\n");
  return line;
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "2026-01-31T23:59:59Z": each digit a digit, all else as it stands.
bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  return std::ranges::equal(text, kForm, [](char have, char want) {
    return want == '0' ? have >= '0' && have <= '9' : have == want;
  });
}

// Takes `count` bytes, and the text before them, off the front.
std::optional<std::string_view> field(std::string_view& line, std::string_view before, std::size_t count) {
  if (!line.starts_with(before) || line.size() < before.size() + count) return std::nullopt;
  const auto value = line.substr(before.size(), count);
  line.remove_prefix(before.size() + count);
  return value;
}

std::optional<SignatureInfo> parse_line(std::string_view line) {
  const auto time = field(line, kBegin, 20);
  const auto wasm = field(line, kWasm, 64);
  const auto key = field(line, kKey, 32);
  if (!time || !wasm || !key || !line.starts_with(kBy) || !line.ends_with('\n')) return std::nullopt;
  line.remove_prefix(kBy.size());
  line.remove_suffix(1);
  if (!is_time(*time) || !is_lower_hex(*wasm) || !is_lower_hex(*key) || !is_signer_name(line))
    return std::nullopt;
  SignatureInfo info{.signer = std::string(line), .time = std::string(*time), .key_id = std::string(*key)};
  sodium_hex2bin(info.source_sha256.data(), info.source_sha256.size(), wasm->data(), wasm->size(), nullptr,
                 nullptr, nullptr);
  return info;
}

}  // namespace

bool is_signer_name(std::string_view name) {
  return !name.empty() && name.size() <= kMostSignerBytes && name.front() != ' ' && name.back() != ' ' &&
         base::is_all_seen(name);
}

base::Bytes encode_trailer(const SignatureInfo& info, std::uint64_t artifact_size) {
  const std::string line = line_of(info);
  base::ByteWriter out;
  out.raw({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
  out.fixed(artifact_size);
  out.fixed(static_cast<std::uint32_t>(line.size()));
  out.fixed(kVersion);
  out.raw({reinterpret_cast<const std::uint8_t*>(kMagic.data()), kMagic.size()});
  return std::move(out).take();
}

bool ends_in_trailer(base::ByteView end) {
  constexpr std::size_t kLast = kMagic.size() + kSignatureBytes;
  return end.size() >= kLast && base::as_text(end.subspan(end.size() - kLast, kMagic.size())) == kMagic;
}

std::optional<Trailer> decode_trailer(base::ByteView end) {
  if (end.size() < kFixedBytes || !ends_in_trailer(end)) return std::nullopt;
  base::ByteReader fixed(end.last(kFixedBytes));
  const auto artifact_size = *fixed.fixed<std::uint64_t>();
  const auto line_size = *fixed.fixed<std::uint32_t>();
  if (*fixed.fixed<std::uint32_t>() != kVersion || line_size > kMostTrailerBytes - kFixedBytes ||
      line_size > end.size() - kFixedBytes)
    return std::nullopt;
  const auto all = end.last(line_size + kFixedBytes);
  auto info = parse_line(base::as_text(all.first(line_size)));
  if (!info) return std::nullopt;
  const auto signed_bytes = all.first(all.size() - kSignatureBytes);
  Trailer trailer{.info = std::move(*info),
                  .artifact_size = artifact_size,
                  .signed_bytes = {signed_bytes.begin(), signed_bytes.end()}};
  std::ranges::copy(all.last(kSignatureBytes), trailer.signature.begin());
  return trailer;
}

}  // namespace tenon::trust
