# Texts that are part of a module: src/<module>/tables/<name>.txt becomes `extern const std::string_view fenming::embedded_<name>`.
# Run as a script (cmake -P) it writes one such source from INPUT to OUTPUT.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${INPUT} text)
  get_filename_component(name ${INPUT} NAME_WE)
  file(WRITE ${OUTPUT} "// Made from tables/${name}.txt by cmake/embed.cmake.
#include <string_view>
namespace fenming {
extern const std::string_view embedded_${name};
static constexpr char text[] = R\"~(${text})~\";
const std::string_view embedded_${name}(text, sizeof text - 1);
}  // namespace fenming
")
  return()
endif()

# Appends the sources made from the texts of a module to the list named `list`.
function(fenming_embed module list)
  file(GLOB texts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${module}/tables/*.txt)
  set(made_of_${module} "")
  foreach(text IN LISTS texts)
    get_filename_component(name ${text} NAME_WE)
    set(made ${CMAKE_BINARY_DIR}/embedded/${module}_${name}.cpp)
    add_custom_command(OUTPUT ${made}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${text} -DOUTPUT=${made} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
      DEPENDS ${text} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
    # A text is longer than every compiler must take; these two take it.
    set_source_files_properties(${made} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
    list(APPEND made_of_${module} ${made})
  endforeach()
  set(${list} ${${list}} ${made_of_${module}} PARENT_SCOPE)
endfunction()
