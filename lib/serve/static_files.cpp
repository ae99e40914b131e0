#include "serve/static_files.h"

#include "base/files.h"
#include "serve/problem.h"

namespace ctt::serve {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;

std::string content_type_of(const fs::path& file) {
  static const std::map<std::string, std::string> types{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".txt", "text/plain; charset=utf-8"},
      {".woff2", "font/woff2"},
      {".webmanifest", "application/manifest+json"},
  };
  const auto found = types.find(file.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

}  // namespace

bool StaticFiles::holds(const fs::path& file) const {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return false;
  const auto real = fs::canonical(file, failed);
  if (failed) return false;
  const auto root = fs::canonical(folder_, failed);
  return !failed && std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first == root.end();
}

RestAnswer StaticFiles::answer(const RestRequest& request, bool takes_gzip) const {
  if (folder_.empty()) return problem(404, "E_NOT_FOUND", "this server has no dashboard, only /api and /ws");
  fs::path file = folder_;
  for (const auto& segment : request.segments) file /= segment;
  if (request.segments.empty() || (!holds(file) && request.segments.back().find('.') == std::string::npos)) {
    file = folder_ / "index.html";
  }
  if (!holds(file)) return problem(404, "E_NOT_FOUND", "there is no such file");

  RestAnswer answer{.status = 200, .content_type = content_type_of(file), .body = {}};
  auto zipped = file;
  zipped += ".gz";
  const bool zip = takes_gzip && holds(zipped);
  answer.body = base::read_file(zip ? zipped : file, kFileBytesMax);
  if (zip) answer.headers.emplace("Content-Encoding", "gzip");
  answer.headers.emplace("Vary", "Accept-Encoding");
  const bool hashed = request.segments.size() > 1 && request.segments.front() == "assets";
  answer.headers.emplace("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  return answer;
}

}  // namespace ctt::serve
