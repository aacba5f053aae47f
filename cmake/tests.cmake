# One test binary per module (src/<module>/**/*_test.cpp) and one per folder of tests/ that holds C++ files.
find_package(GTest REQUIRED)
include(GoogleTest)

# A quick test that takes longer than this is not quick; sanitizers get more time.
if(FENMING_SANITIZE)
  set(FENMING_TEST_SECONDS 300)
else()
  set(FENMING_TEST_SECONDS 60)
endif()

function(fenming_test target)
  target_link_libraries(${target} PRIVATE GTest::gtest GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE FENMING_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${target} TEST_PREFIX ${target}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${FENMING_TEST_SECONDS} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

foreach(module IN LISTS FENMING_MODULES)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${module}/*_test.cpp)
  if(sources)
    add_executable(${module}_test ${sources})
    target_link_libraries(${module}_test PRIVATE fenming_${module})
    fenming_test(${module}_test)
  endif()
endforeach()

file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${PROJECT_SOURCE_DIR}/tests/*)
foreach(folder IN LISTS folders)
  get_filename_component(name ${folder} NAME)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  if(name STREQUAL "fuzz" OR NOT sources)
    continue()
  endif()
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(EXISTS ${folder}/main.cpp AND NOT tests)
    continue()
  endif()
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  fenming_link_all(${name}_test)
  fenming_test(${name}_test)
endforeach()

if(TARGET e2e_test AND TARGET fenming)
  add_dependencies(e2e_test fenming)  # it kills a real one
endif()
# Those that start threads: all that the thread sanitizer's build makes (CMakePresets.json names them for ctest).
add_custom_target(threaded)
foreach(name store settlement laws walk cli properties e2e)
  if(TARGET ${name}_test)
    add_dependencies(threaded ${name}_test)
  endif()
endforeach()

include(programs)
