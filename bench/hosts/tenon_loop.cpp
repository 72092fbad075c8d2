// The original loop through Tenon.
//
//   loop-tenon PLUGIN.so [COUNT [COLLECT_EVERY]]
#include <tenon/tenon.hpp>

#include "loop.hpp"

int main(int argc, char** argv) {
  if (argc < 2) bench::fail("usage: loop-tenon PLUGIN.so [COUNT [COLLECT_EVERY]]");
  const auto options = bench::loop_options(argc, argv, 2);
  const auto require = [](const auto& outcome) {
    if (!outcome) bench::fail(tenon::to_string(outcome.error()));
  };
  const auto plugin_options =
      tenon::PluginOptions{}
          .host_function("custom", "tests", [](std::int32_t i) { return i + 1; })
          .host_function("custom", "tests2", [](std::int64_t i) { return i + 2; })
          .assemblyscript({.collect = tenon::CollectPolicy::every(options.collect_every)});
  auto plugin = tenon::Plugin::load(argv[1], plugin_options);
  require(plugin);
  require(plugin->init("Some input we have"));
  bench::run_loop(options, [&](std::string_view key, std::string_view payload, std::string& result) {
    require(plugin->execute(key, payload, result));
  });
}
