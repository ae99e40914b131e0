#pragma once

#include <filesystem>

#include "serve/request.h"

namespace ctt::serve {

/// The built page: files of one folder, read when they are asked for.
///
/// A `.gz` beside a file goes out instead of it when the client takes gzip. What lies in `assets/` has
/// its hash in its name and is cached for a year; everything else is asked for anew. A path without a
/// dot that is no file is a page of the dashboard, so `index.html`. Links that lead out of the folder
/// are not followed.
class StaticFiles {
 public:
  explicit StaticFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// 200, or 404 as a problem.
  RestAnswer answer(const RestRequest& request, bool takes_gzip) const;

 private:
  bool holds(const std::filesystem::path& file) const;

  std::filesystem::path folder_;  ///< empty: there is no page
};

}  // namespace ctt::serve
