#pragma once

#include <map>
#include <optional>

#include "serve/call.h"
#include "store/live_sessions.h"

namespace ctt::serve {

/// Which bars a model's lineage had learned from, by the file of the model; read once for each model.
class LearnedBars {
 public:
  explicit LearnedBars(const Call& call) : call_(call) {}

  /// The newest of them. Nothing of a model whose file is gone or damaged.
  std::optional<base::Seconds> until(std::int64_t model_version);
  /// Whether a session decided on bars that its model had learned from; nothing when that is not known of each of its
  /// models. Of more than a hundred models the files are not read.
  std::optional<bool> are_in(const store::LiveSession& session);

 private:
  std::optional<base::Seconds> read(std::int64_t model_version) const;

  const Call& call_;
  std::map<std::int64_t, std::optional<base::Seconds>> known_;
};

}  // namespace ctt::serve
