#pragma once

#include <string_view>

#include "base/json.h"
#include "store/packs.h"
#include "training/pack.h"

namespace ctt::views {

/// The fields of a pack, into an object that is open; `config`: its settings, as somebody wrote them or with
/// every default.
void add_pack(base::JsonWriter& json, const store::PackRow& pack, std::string_view config);

/// What a pack's JSON means. Throws Error(usage) naming the pack and the setting.
training::Pack parsed_pack(const store::PackRow& pack);

}  // namespace ctt::views
