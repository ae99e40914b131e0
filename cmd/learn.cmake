# ctt-learn: the learner, outside of PATH, where ctt looks for it relative to itself.
add_executable(ctt-learn ctt_learn.cpp)
target_link_libraries(ctt-learn PRIVATE ctt_learning)
set_target_properties(ctt-learn PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/libexec/ctt)
install(TARGETS ctt-learn RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/ctt)
