# What is installed beside the programs, and the Debian package (cpack, in a build of the preset release).

# Scripts of completion, where each shell looks for them.
set(completions ${CMAKE_BINARY_DIR}/share/completions)
file(MAKE_DIRECTORY ${completions})
foreach(shell IN ITEMS bash zsh fish)
  add_custom_command(OUTPUT ${completions}/${shell}
    COMMAND ctt --config ${CTT_NO_SETTINGS} completion ${shell} > ${completions}/${shell}
    DEPENDS ctt VERBATIM)
endforeach()
add_custom_target(completions ALL DEPENDS ${completions}/bash ${completions}/zsh ${completions}/fish)
install(FILES ${completions}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ctt)
install(FILES ${completions}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _ctt)
install(FILES ${completions}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ctt.fish)

# The system's units, as `ctt schedule install --systemd` writes them where there is no package. Without a
# folder systemd finds the program in /usr/local/bin or /usr/bin, wherever this is installed to.
set(CTT_COMMAND ctt)
foreach(unit IN ITEMS ctt-cycle.timer system/ctt-cycle.service system/ctt-notify@.service system/ctt-trade@.service system/ctt-serve-ws.service)
  get_filename_component(name ${unit} NAME)
  configure_file(${PROJECT_SOURCE_DIR}/scripts/cron/${unit} ${CMAKE_BINARY_DIR}/units/${name} @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/units/${name} DESTINATION ${CTT_UNIT_DIR})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/scripts/cron/ctt.sysusers DESTINATION lib/sysusers.d RENAME ctt.conf)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/scripts/monitoring/ DESTINATION ${CMAKE_INSTALL_DATADIR}/ctt/monitoring)

install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/scripts/debian/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/scripts/debian/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME ctt)
set(changelog ${CMAKE_BINARY_DIR}/debian/changelog.gz)
add_custom_command(OUTPUT ${changelog}
  COMMAND gzip -n9c ${PROJECT_SOURCE_DIR}/scripts/debian/changelog > ${changelog}
  DEPENDS ${PROJECT_SOURCE_DIR}/scripts/debian/changelog VERBATIM)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/debian)
add_custom_target(debian_changelog ALL DEPENDS ${changelog})
install(FILES ${changelog} DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ctt)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "ctt maintainers <ctt@packages.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps a trading policy current")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"On a schedule, ctt takes the newest window of crypto candles, fine-tunes a
PPO policy from its parent at a reduced learning rate, records what was done
and what came of it in SQLite, and swaps the policy inside a running trader
between two bars. A timer of systemd or a line of cron is its clock; there is
no daemon. A dashboard can watch it over WebSocket and REST.")
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
configure_file(${CMAKE_CURRENT_LIST_DIR}/CttPackageLibraries.cmake.in ${CMAKE_BINARY_DIR}/CttPackageLibraries.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_BINARY_DIR}/CttPackageLibraries.cmake)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "man-db")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/scripts/debian/postinst
  ${PROJECT_SOURCE_DIR}/scripts/debian/prerm ${PROJECT_SOURCE_DIR}/scripts/debian/postrm)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/CttPackageTimes.cmake)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
