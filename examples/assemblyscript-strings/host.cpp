// The smallest host: two texts in, one text out.
//
//   assemblyscript-strings PLUGIN.so KEY PAYLOAD
#include <cstdlib>
#include <iostream>

#include <tenon/tenon.hpp>

namespace {

[[noreturn]] void fail(const tenon::Error& error) {
  std::cerr << tenon::to_string(error) << '\n' << tenon::format_backtrace(error);
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: " << argv[0] << " PLUGIN.so KEY PAYLOAD\n";
    return 2;
  }
  auto plugin = tenon::Plugin::load(argv[1]);
  if (!plugin) fail(plugin.error());
  if (auto done = plugin->init("Grüß Gott"); !done) fail(done.error());
  const auto result = plugin->execute(argv[2], argv[3]);
  if (!result) fail(result.error());
  std::cout << *result << '\n';
}
