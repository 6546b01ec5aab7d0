# The pieces that every CMakeLists.txt of this project uses: the toolchain, the
# compile flags, and one function per kind of target.

find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
message(STATUS "Using MLIR ${LLVM_PACKAGE_VERSION} in ${MLIR_DIR}")
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include(GNUInstallDirs)

set(COMPRESS_LLVM_TOOLS_DIR ${LLVM_TOOLS_BINARY_DIR})
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
# An installed tool must find libMLIR as well as our own library.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")

add_library(compress_flags INTERFACE)
target_include_directories(compress_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
target_include_directories(compress_flags SYSTEM INTERFACE
  ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
separate_arguments(_compress_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(compress_flags INTERFACE
  ${_compress_definitions} -DNDEBUG -fno-exceptions
  -Wall -Wextra -Wno-unused-parameter
  $<$<BOOL:${COMPRESS_WERROR}>:-Werror>
  # The compiler cache asks for it, of sources with precompiled headers.
  $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)

# Fuzzers see edges, addresses and undefined behaviour. libMLIR is built without,
# so that checks that need every part of the program instrumented (of containers,
# in lit's environment, and of dynamic types) are off.
add_library(compress_sanitizers INTERFACE)
set(_sanitize -fsanitize=fuzzer-no-link,address,undefined
  -fno-sanitize=vptr,function -fno-sanitize-recover=all)
target_compile_options(compress_sanitizers INTERFACE ${_sanitize} -O1 -g1)

# compress_precompile(name HEADERS...)
# Headers of MLIR that take most of a source's time to compile, parsed once for the
# rooms that say PRECOMPILED name. A source includes what it uses all the same:
# -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON must build too.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # CMake would also include the header that was precompiled, by a path that the
  # compiler cache takes for a part of the command.
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)
endif()
function(compress_precompile name)
  list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>" OUTPUT_VARIABLE headers)
  foreach(kind obj fuzz)
    if(kind STREQUAL "fuzz" AND NOT COMPRESS_BUILD_FUZZERS)
      continue()
    endif()
    set(target ${kind}.precompiled.${name})
    add_library(${target} OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
    target_link_libraries(${target} PRIVATE compress_flags $<$<STREQUAL:${kind},fuzz>:compress_sanitizers>)
    target_precompile_headers(${target} PRIVATE ${headers})
    # The compiler cache tells precompiled headers apart by this instead of by their
    # bytes, which have paths in them, so that clones share what it holds.
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch.sum
      "${CMAKE_CXX_COMPILER_VERSION} ${LLVM_PACKAGE_VERSION} ${kind} ${headers}\n")
  endforeach()
endfunction()

# compress_add_library(Name SOURCES... [PRECOMPILED name] [DEPENDS targets...] [RUNTIME])
# One room of lib/. All rooms are linked into the one shared library libCompress, and
# those of the runtime also into an archive without LLVM and without the C++ library,
# which compress-translate links into every shared object.
function(compress_add_library name)
  cmake_parse_arguments(ARG "RUNTIME" "PRECOMPILED" "DEPENDS;LINK_LIBS" ${ARGN})
  add_library(obj.${name} OBJECT ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(obj.${name} PRIVATE compress_flags)
  if(ARG_PRECOMPILED)
    target_precompile_headers(obj.${name} REUSE_FROM obj.precompiled.${ARG_PRECOMPILED})
  endif()
  if(TARGET compress_tablegen)
    add_dependencies(obj.${name} compress_tablegen)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(obj.${name} ${ARG_DEPENDS})
  endif()
  if(COMPRESS_BUILD_FUZZERS)
    # The same sources under the sanitizers; built only when a fuzzer is.
    add_library(fuzz.${name} OBJECT EXCLUDE_FROM_ALL ${ARG_UNPARSED_ARGUMENTS})
    target_link_libraries(fuzz.${name} PRIVATE compress_flags compress_sanitizers)
    if(ARG_PRECOMPILED)
      target_precompile_headers(fuzz.${name} REUSE_FROM fuzz.precompiled.${ARG_PRECOMPILED})
    endif()
    add_dependencies(fuzz.${name} obj.${name})
  endif()
  if(ARG_RUNTIME)
    list(TRANSFORM ARG_UNPARSED_ARGUMENTS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    target_sources(CompressModelRuntime PRIVATE ${ARG_UNPARSED_ARGUMENTS})
  endif()
  set_property(GLOBAL APPEND PROPERTY COMPRESS_ROOMS obj.${name})
  set_property(GLOBAL APPEND PROPERTY COMPRESS_LINK_LIBS ${ARG_LINK_LIBS})
endfunction()

# compress_add_fuzzer(name SOURCES...): a libFuzzer binary in build/fuzz.
function(compress_add_fuzzer name)
  add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  target_link_libraries(${name} PRIVATE compress_flags compress_sanitizers
    compress_fuzzed_rooms MLIR LLVM)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  add_dependencies(compress-fuzzers ${name})
endfunction()

# compress_add_tool(name SOURCES... [LINK_LIBS libs...])
function(compress_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE compress_flags ${ARG_LINK_LIBS} Compress)
  set_property(GLOBAL APPEND PROPERTY COMPRESS_TOOLS ${name})
endfunction()

# compress_add_unittest(name SOURCES...): a GoogleTest binary in build/unit, run
# by ctest.
function(compress_add_unittest name)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/unit)
  target_link_libraries(${name} PRIVATE compress_flags Compress GTest::gtest GTest::gtest_main)
  add_dependencies(compress-unit-tests ${name})
  add_test(NAME ${name} COMMAND ${name})
endfunction()
