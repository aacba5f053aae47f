# Language, warnings, ccache, mold, sanitizers: the same for every target.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_TEST "-O1 -g1 -D_GLIBCXX_ASSERTIONS")  # quick tests: little optimisation, checks on

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Wrong reports of g++ 12 about its own and fmt's headers, at -O3 only (GCC bug 105329).
  add_compile_options(-Wno-restrict -Wno-stringop-overflow)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)  # std::stable_sort of libstdc++ 12 uses std::get_temporary_buffer
endif()

find_program(FENMING_CCACHE ccache)
if(FENMING_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FENMING_CCACHE})
endif()
find_program(FENMING_MOLD mold)
if(FENMING_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(FENMING_SANITIZE)
  add_compile_options(-fsanitize=${FENMING_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FENMING_SANITIZE})
endif()
if(FENMING_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)

# Decisions are made by one thread and freed by another; jemalloc does that in half the time of glibc's allocator (bench/DESK.md).
# Programs only, never under a sanitizer, which brings its own.
find_library(FENMING_JEMALLOC jemalloc)
function(fenming_fast_memory program)
  if(FENMING_JEMALLOC AND NOT FENMING_SANITIZE)
    target_link_libraries(${program} PRIVATE -Wl,--no-as-needed ${FENMING_JEMALLOC} -Wl,--as-needed)
  endif()
endfunction()
