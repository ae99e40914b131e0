# How every target of ctt is built: language level, warnings, sanitizers, ccache and precompiled headers.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# Both executables and everything that libtorch does not need live in one tree: bin/ctt finds
# libexec/ctt/ctt-learn relative to itself, built and installed alike.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CTT_CCACHE ccache)
if(CTT_CCACHE)
  # Precompiled headers need ccache to disregard their time stamps and defines.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CTT_CCACHE})
endif()

find_program(CTT_MOLD mold)
if(CTT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(ctt_build INTERFACE)
target_include_directories(ctt_build INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/lib)
target_compile_options(ctt_build INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
  -Wno-maybe-uninitialized  # gcc 12 sees ghosts in chrono and optional
  $<$<BOOL:${CTT_WARNINGS_AS_ERRORS}>:-Werror>
  $<$<BOOL:${CTT_CCACHE}>:-fpch-preprocess>)
# What distributions build programs with that meet strangers' bytes.
add_compile_options($<$<CONFIG:Release>:-fstack-protector-strong> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
add_link_options($<$<CONFIG:Release>:-Wl,-z,relro,-z,now>)
# The same bytes from any folder: paths in what is packaged begin at the checkout.
add_compile_options($<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>)
if(CTT_SANITIZE)
  add_compile_options(-fsanitize=${CTT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CTT_SANITIZE})
endif()

# ctt_library(market SOURCES candle.cpp ... DEPENDS base ...) makes the target ctt_market of the
# folder it stands in. DEPENDS names folders; other libraries are linked by hand.
function(ctt_library folder)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(ctt_${folder} STATIC ${arg_SOURCES})
  target_link_libraries(ctt_${folder} PUBLIC ctt_build)
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(ctt_${folder} PUBLIC ctt_${dependency})
  endforeach()
  target_precompile_headers(ctt_${folder} PRIVATE ${PROJECT_SOURCE_DIR}/lib/pch.h)
endfunction()

# ctt_test(market SOURCES candle_test.cpp ... DEPENDS market ...) makes the executable
# ctt_market_tests and the ctest suite `market`, or `market.<WHAT>` where the folder's name alone would
# not tell what is tested.
function(ctt_test suite)
  cmake_parse_arguments(arg "" "WHAT" "SOURCES;DEPENDS" ${ARGN})
  add_executable(ctt_${suite}_tests ${arg_SOURCES})
  target_link_libraries(ctt_${suite}_tests PRIVATE ctt_test_support)
  foreach(dependency IN LISTS arg_DEPENDS)
    target_link_libraries(ctt_${suite}_tests PRIVATE ctt_${dependency})
  endforeach()
  target_precompile_headers(ctt_${suite}_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/pch.h)
  set(name ${suite})
  if(arg_WHAT)
    string(APPEND name .${arg_WHAT})
  endif()
  add_test(NAME ${name} COMMAND ctt_${suite}_tests)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77)
  if(suite IN_LIST CTT_SUITES_WITH_THREADS)
    set_tests_properties(${name} PROPERTIES LABELS threads)
  endif()
endfunction()
