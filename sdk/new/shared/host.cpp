// A host for the plugin: g++ -std=c++23 host.cpp $(pkg-config --cflags --libs tenon) -o build/host
#include <iostream>

#include <tenon/tenon.hpp>

int main() {
  auto plugin = tenon::Plugin::load("build/plugin.so");
  const auto answer = plugin ? plugin->execute("greeting", "hello") : std::unexpected(plugin.error());
  std::cout << (answer ? *answer : tenon::to_string(answer.error())) << '\n';
  return answer ? 0 : 1;
}
