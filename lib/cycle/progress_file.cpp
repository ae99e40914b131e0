#include "cycle/progress_file.h"

#include <fstream>

namespace ctt::cycle {

void ProgressFile::read_new(const std::function<void(const std::string&)>& take) {
  std::ifstream in(file_, std::ios::binary);
  if (!in || !in.seekg(read_)) return;
  // A line without its end is still being written: it is read again.
  for (std::string line; std::getline(in, line) && !in.eof();) {
    read_ += static_cast<std::streamoff>(line.size()) + 1;
    take(line);
  }
}

}  // namespace ctt::cycle
