#pragma once

#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "base/files.h"
#include "desk.h"
#include "store/events.h"

namespace ctt::serve {

/// A `ctt` that notes the words it was started with and then does what the test says.
struct Workshop : Desk {
  std::filesystem::path words_file = scratch / "words";

  void ctt_does(const std::string& what) {
    const auto file = scratch / "ctt";
    base::write_file_atomically(
        file,
        fmt::format("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}.part\nmv {}.part {}\n{}\n", words_file.string(),
                    words_file.string(), words_file.string(), what),
        0700);
    program = {file.string()};
  }
  std::vector<std::string> words() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!std::filesystem::exists(words_file) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::istringstream lines(base::read_file(words_file));
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    return all;
  }
  store::Event newest_event() {
    store::Database database(home.database());
    return store::events::since(database, store::events::last_seq(database) - 1).at(0);
  }
};

}  // namespace ctt::serve
