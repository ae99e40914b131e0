#include "trader/served_model.h"

namespace ctt::trader {

std::shared_ptr<const ServedPolicy> load_served(const base::Home& home, std::int64_t version,
                                                const std::string& sha256, const policy::Contract* contract) {
  return std::make_shared<const ServedPolicy>(policy::Policy::load(home.model(sha256), sha256, contract),
                                              version);
}

}  // namespace ctt::trader
