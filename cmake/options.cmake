# Compiler flags common to every target, as one interface library.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(tenon_options INTERFACE)
target_compile_options(tenon_options INTERFACE -Wall -Wextra -Wno-missing-field-initializers)
if(TENON_WERROR)
  target_compile_options(tenon_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of std::string's own code once it is inlined (GCC bug 105651).
  target_compile_options(tenon_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
# What the dynamic linker writes is read-only once the program runs, and no stack is code.
target_link_options(tenon_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(TENON_SANITIZE)
  target_compile_options(tenon_options INTERFACE
    -fsanitize=${TENON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tenon_options INTERFACE -fsanitize=${TENON_SANITIZE})
endif()
if(TENON_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "TENON_FUZZ needs Clang: cmake --preset fuzz")
  endif()
  target_compile_options(tenon_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=vptr,function)
endif()
if(TENON_COVERAGE)
  target_compile_options(tenon_options INTERFACE --coverage)
  target_link_options(tenon_options INTERFACE --coverage)
endif()

# -O3 buys nothing here but size: the fast paths are short and straight.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
# Code that runs once in a while is compiled for size, since a small runtime is
# one of the things a host program asks of us.
set(TENON_SMALL_CODE "$<$<CONFIG:Release>:-Os>")
# The linker drops what nothing refers to.
set(TENON_SECTIONS -ffunction-sections -fdata-sections)
