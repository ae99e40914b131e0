# cmake -D SOURCE_DIR=... -D HEADER=... -P CttCommit.cmake
# Writes the commit of the checkout, 12 digits, to a header, which is left alone when it says so already:
# what includes it is compiled again only after a commit. Outside a checkout, or without git: `unknown`.

set(commit unknown)
find_program(git NAMES git)
if(git)
  execute_process(COMMAND ${git} rev-parse --short=12 HEAD WORKING_DIRECTORY ${SOURCE_DIR}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${found})
  endif()
endif()
set(text "#define CTT_COMMIT \"${commit}\"\n")
set(before "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${HEADER} "${text}")
endif()
