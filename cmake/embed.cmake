# tenon_embed(OUTPUT FILE...): a C++ source with the contents of files, for a program that has to have them without
# a folder beside it. Each FILE is LANGUAGE=PATH_IN_PROJECT=SOURCE.
function(tenon_embed output)
  set(text "// Made by cmake/embed.cmake.\n#include \"tenon/new_files.hpp\"\n\nnamespace tenon::tool {\n\n")
  string(APPEND text "const std::vector<NewFile>& new_files() {\n  static const std::vector<NewFile> kFiles{\n")
  foreach(entry ${ARGN})
    string(REGEX MATCH "^([^=]*)=([^=]*)=(.*)$" matched "${entry}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_MATCH_3}")
    file(READ "${CMAKE_MATCH_3}" contents)
    string(APPEND text "      {\"${CMAKE_MATCH_1}\", \"${CMAKE_MATCH_2}\", R\"__(${contents})__\"},\n")
  endforeach()
  string(APPEND text "  };\n  return kFiles;\n}\n\n}  // namespace tenon::tool\n")
  file(CONFIGURE OUTPUT ${output} CONTENT "@text@" @ONLY)
endfunction()
