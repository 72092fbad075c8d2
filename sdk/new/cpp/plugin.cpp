#include "tenon_plugin.hpp"

// Answers "KEY: PAYLOAD".
std::string transform(std::string_view key, std::string_view payload) {
  return std::string(key) + ": " + std::string(payload);
}
TENON_EXPORT(transform);
