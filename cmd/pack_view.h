#pragma once

#include "base/json.h"
#include "store/packs.h"
#include "training/pack.h"

namespace ctt::cmd {

/// The fields of a pack, as the web contract spells them, into an object that is open.
void add_pack(base::JsonWriter& json, const store::Pack& pack);

/// What its JSON means. Throws Error(usage) naming the pack and the setting.
training::Pack parsed(const store::Pack& pack);

}  // namespace ctt::cmd
