#include "trader/policy_slot.h"

#include <atomic>
#include <thread>

#include "rig.h"

namespace ctt::trader {
namespace {

TEST_CASE("a decision in progress keeps the policy it started with") {
  const auto contract = contract_with();
  PolicySlot slot(serving(wilful(contract, 1), 1));
  const auto deciding = slot.current();
  REQUIRE(slot.replace(serving(wilful(contract, 2), 2)) == Swap::done);
  CHECK(deciding->version() == 1);
  CHECK(slot.current()->version() == 2);
}

TEST_CASE("the policy that serves already is not exchanged") {
  const auto contract = contract_with();
  PolicySlot slot(serving(wilful(contract, 1), 1));
  const auto before = slot.current();
  CHECK(slot.replace(serving(wilful(contract, 1), 1)) == Swap::already_serving);
  CHECK(slot.current() == before);
}

TEST_CASE("the last decision that holds the old policy frees it") {
  const auto contract = contract_with();
  std::weak_ptr<const ServedPolicy> old;
  PolicySlot slot(serving(wilful(contract, 1), 1));
  auto deciding = slot.current();
  old = deciding;
  REQUIRE(slot.replace(serving(wilful(contract, 2), 2)) == Swap::done);
  CHECK_FALSE(old.expired());
  deciding.reset();
  CHECK(old.expired());
}

TEST_CASE("a slot without a policy is refused") {
  CHECK_THROWS_AS(PolicySlot(nullptr), std::invalid_argument);
  PolicySlot slot(serving(wilful(contract_with(), 1), 1));
  CHECK_THROWS_AS(static_cast<void>(slot.replace(nullptr)), std::invalid_argument);
}

TEST_CASE("decisions and a thousand swaps at once see whole policies") {
  const auto contract = contract_with();
  const auto one = serving(stubborn(contract, 1), 1);
  const auto two = serving(stubborn(contract, 2), 2);
  PolicySlot slot(one);
  std::atomic<bool> done = false;
  std::size_t wrong = 0;
  std::thread deciding([&] {
    policy::Policy::Scratch scratch;
    const std::vector<float> observation(contract.network.inputs, 0.5F);
    while (!done) {
      const auto serving = slot.current();
      // Version n always chooses action n.
      if (serving->policy().decide(observation, scratch).action != serving->version()) ++wrong;
    }
  });
  for (int i = 0; i < 1000; ++i) REQUIRE(slot.replace(i % 2 == 0 ? two : one) == Swap::done);
  done = true;
  deciding.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace ctt::trader
