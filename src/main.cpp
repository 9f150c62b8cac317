#include "cli/command.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return mingce::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mingce: 内部错误 | internal error: %s\n", error.what());
    return mingce::cannot_use;
  }
}
