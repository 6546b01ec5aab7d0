# The installed package: the library, its headers with those that TableGen
# wrote, the .td files, and what find_package(Compress) needs.

include(CMakePackageConfigHelpers)

set(_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Compress)

# libMLIR is built with NDEBUG, which changes the layout of some of its classes.
target_compile_definitions(Compress INTERFACE $<INSTALL_INTERFACE:NDEBUG>)
target_compile_features(Compress INTERFACE cxx_std_17)

install(TARGETS Compress CompressCAPI EXPORT CompressTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
get_property(_tools GLOBAL PROPERTY COMPRESS_TOOLS)
if(_tools)
  install(TARGETS ${_tools} EXPORT CompressTargets
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS CompressPlugin EXPORT CompressTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS CompressModelRuntime
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT CompressTargets NAMESPACE Compress:: DESTINATION ${_package_dir})

install(DIRECTORY include/compress include/compress-c DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td")
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/compress
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)

configure_package_config_file(cmake/CompressConfig.cmake.in
  ${PROJECT_BINARY_DIR}/CompressConfig.cmake
  INSTALL_DESTINATION ${_package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/CompressConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/CompressConfig.cmake
  ${PROJECT_BINARY_DIR}/CompressConfigVersion.cmake
  DESTINATION ${_package_dir})
