# What `cmake --install` lays down: headers, libtenon as a shared library and as
# an archive, the tools, and the descriptions for CMake and pkg-config. Both
# descriptions find the prefix from their own place, so the tree may be moved.
include(CMakePackageConfigHelpers)

set(TENON_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)

install(DIRECTORY include/tenon TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(TARGETS tenon EXPORT tenon)
# As a file, not a target: the archive is for those who link by hand, and
# exporting it would export the names of its private parts.
install(FILES $<TARGET_FILE:tenon_static> DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(tool tenon_tool tenon_compile_tool)
  if(TARGET ${tool})
    install(TARGETS ${tool})
  endif()
endforeach()

install(EXPORT tenon NAMESPACE tenon:: FILE tenon-targets.cmake DESTINATION ${TENON_CMAKE_DIR})
configure_package_config_file(cmake/tenon-config.cmake.in ${PROJECT_BINARY_DIR}/tenon-config.cmake
  INSTALL_DESTINATION ${TENON_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tenon-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tenon-config.cmake ${PROJECT_BINARY_DIR}/tenon-config-version.cmake
  DESTINATION ${TENON_CMAKE_DIR})

# From lib/pkgconfig up to the prefix, however deep the library directory is.
file(RELATIVE_PATH TENON_PREFIX_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" TENON_PREFIX_FROM_PC "${TENON_PREFIX_FROM_PC}")
configure_file(cmake/tenon.pc.in ${PROJECT_BINARY_DIR}/tenon.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tenon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
# What plugins in C and C++ include.
install(DIRECTORY sdk DESTINATION ${CMAKE_INSTALL_DATADIR}/tenon)
install(FILES LICENSE README.md TYPE DOC)
