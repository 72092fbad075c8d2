# libtenon-compiler: the only place that includes LLVM and lld.
find_package(LLVM 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/llvm)
find_package(LLD REQUIRED CONFIG HINTS ${LLVM_DIR}/../lld)

# The compiler, for the machine of whose folder it is given: a library of that name.
function(tenon_add_compiler target machine_dir)
  set(source ${PROJECT_SOURCE_DIR}/src)
  file(GLOB sources CONFIGURE_DEPENDS ${source}/compiler/*.cpp ${source}/compiler/analyze/*.cpp
    ${source}/compiler/check/*.cpp ${source}/compiler/optimize/*.cpp ${source}/compiler/lower/*.cpp ${source}/compiler/emit/*.cpp
    ${machine_dir}/*.cpp)
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${LLD_INCLUDE_DIRS})
  target_include_directories(${target} PRIVATE ${machine_dir})
  # A switch over a family of operators that leaves one out does not compile (wasm/families.hpp).
  target_compile_options(${target} PRIVATE -fno-rtti -Werror=switch)
  target_link_libraries(${target} PUBLIC tenon_wasm PRIVATE lldELF lldCommon LLVM)
  target_precompile_headers(${target} PRIVATE ${source}/compiler/llvm.hpp)
endfunction()
