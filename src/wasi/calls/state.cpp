#include "wasi/calls/state.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "wasi/files/given_directories.hpp"

namespace tenon::wasi {
namespace {

using Saved = std::vector<std::optional<SavedDescriptor>>;

std::unexpected<Error> refuse(const WasiOptions::Preopen& preopen, const std::string& why) {
  return base::fail(Phase::link, ErrorCode::invalid_argument,
                    "WASI cannot give the guest the directory " +
                        base::printable(preopen.host_directory.string(), 1000) + ": " + why);
}

std::string describe(Errno error) {
  switch (error) {
    case Errno::no_entry: return "there is none of that name";
    case Errno::not_directory: return "it is no directory";
    case Errno::access: return "this process may not open it";
    case Errno::not_permitted:
      return "a link on its way leads out of a directory, given as well, that guests may write";
    case Errno::too_many_open_files: return "this process, or the system, has too many files open";
    default: return "it cannot be opened (errno " + std::to_string(std::to_underlying(error)) + " of WASI)";
  }
}

std::expected<Descriptor, Error> open_preopen(const WasiOptions::Preopen& preopen, FileSystem& files) {
  if (preopen.guest_name.find('\0') != std::string::npos)
    return refuse(preopen, "its name for the guest has a zero byte");
  auto handle = share_given(preopen, files);
  if (!handle) return refuse(preopen, describe(handle.error()));
  // Safety: what a read-only directory lacks here, nothing that is opened in it can have.
  const Rights allowed = preopen.access == DirectoryAccess::read_write ? ~Rights{0} : ~rights::kChanging;
  return Descriptor{.kind = Descriptor::Kind::directory,
                    .base = rights::kOfDirectory & allowed,
                    .inheriting = (rights::kOfDirectory | rights::kOfFile) & allowed,
                    .handle = std::make_shared<const Handle>(std::move(*handle)),
                    .guest_name = std::make_shared<const std::string>(preopen.guest_name)};
}

std::vector<std::optional<Descriptor>> numbered(const std::vector<Descriptor>& given) {
  return {given.begin(), given.end()};
}

}  // namespace

std::expected<std::shared_ptr<State>, Error> State::make(WasiOptions options,
                                                         std::shared_ptr<FileSystem> files) {
  using Kind = Descriptor::Kind;
  std::vector<Descriptor> given;
  given.reserve(3 + options.preopens.size());
  given.push_back({.kind = Kind::input, .base = rights::kOfStream | rights::kRead});
  given.push_back({.kind = Kind::output, .base = rights::kOfStream | rights::kWrite});
  given.push_back({.kind = Kind::error, .base = rights::kOfStream | rights::kWrite});
  if (const auto unopened = open_given(options, *files); unopened.preopen != nullptr)
    return refuse(*unopened.preopen, describe(unopened.why));
  for (const auto& preopen : options.preopens) {
    auto opened = open_preopen(preopen, *files);
    if (!opened) return std::unexpected(std::move(opened.error()));
    given.push_back(std::move(*opened));
  }
  for (std::uint32_t i = 0; i < given.size(); ++i) given[i].given = i;
  return std::shared_ptr<State>(new State(std::move(options), std::move(files), std::move(given)));
}

State::State(WasiOptions options_given, std::shared_ptr<FileSystem> files_used, std::vector<Descriptor> given)
    : options(std::move(options_given)),
      files(std::move(files_used)),
      descriptors(options.descriptor_limit),
      given_(std::move(given)) {
  descriptors.replace(numbered(given_));
}

std::string State::why_not_now() const {
  const auto& all = descriptors.all();
  const auto opened = std::ranges::find_if(all, [](const auto& at) { return at && !at->given; });
  if (opened == all.end()) return {};
  return "a snapshot cannot hold an open file, and the guest has one, its descriptor " +
         std::to_string(opened - all.begin()) + ": it has to close it first";
}

std::shared_ptr<const void> State::save() const {
  auto saved = std::make_shared<Saved>();
  for (const auto& at : descriptors.all()) {
    auto& entry = saved->emplace_back();
    if (at && at->given) entry = SavedDescriptor{*at->given, at->base, at->inheriting, at->flags};
  }
  return saved;
}

// Safety: the snapshot may be of a guest that was given other directories. This one gets its
// own, with no right more than the host gave it.
std::optional<Descriptor> State::restored(const std::optional<SavedDescriptor>& saved) const {
  if (!saved || saved->given >= given_.size()) return std::nullopt;
  Descriptor descriptor = given_[saved->given];
  descriptor.base &= saved->base;
  descriptor.inheriting &= saved->inheriting;
  descriptor.flags = saved->flags;
  return descriptor;
}

void State::restore(const std::shared_ptr<const void>& saved) {
  if (saved == restored_ && !descriptors.has_changed()) return;  // as before most calls
  const auto& entries = *static_cast<const Saved*>(saved.get());
  std::vector<std::optional<Descriptor>> all;
  all.reserve(entries.size());
  for (const auto& entry : entries) all.push_back(restored(entry));
  descriptors.replace(std::move(all));
  restored_ = saved;
}

}  // namespace tenon::wasi
