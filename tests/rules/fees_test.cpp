#include "rules/fees.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::law;

FeeScheme scheme_of(const std::string& word) { return from_word<FeeScheme>(word).value(); }
std::uint32_t units(const std::string& word) { return std::uint32_t(std::stoul(word)); }

Decimal computed(FeeScheme scheme, std::uint32_t prior, std::uint32_t quantity) {
  Case::Fee fee;
  fee.scheme = scheme;
  fee.prior_items = prior;
  fee.quantity = quantity;
  return computed_fee(fee, law());
}

TEST(Fees, are_as_the_table_says) {
  for (auto& [place, words] : test::read_table("fees.table")) {
    auto scheme = scheme_of(words.at(1));
    if (words.at(0) == "total") {
      auto total = law().tariff(scheme).total(units(words.at(2)));
      EXPECT_EQ(to_string(total), words.at(3)) << place;
    } else {
      ASSERT_EQ(words.at(0), "notice") << place;
      auto notice = computed(scheme, units(words.at(2)), units(words.at(3)));
      EXPECT_EQ(to_string(notice), words.at(4)) << place;
    }
  }
}

/// 超额累进: more never costs less, and the next unit never costs less than the one before.
TEST(Fees, never_fall) {
  for (auto scheme : {FeeScheme::by_item, FeeScheme::by_page}) {
    Decimal total{}, price{};
    for (std::uint32_t n = 1; n <= 5000; ++n) {
      auto next = law().tariff(scheme).total(n);
      Decimal next_price{next.hundredths - total.hundredths};
      ASSERT_GE(next_price, price) << to_word(scheme) << ' ' << n;
      total = next;
      price = next_price;
    }
  }
}

/// The price of one item, read off the decree's own words and not off its slices.
std::int64_t price_of_item(std::uint32_t nth) {
  if (nth <= 10) return 0;
  if (nth <= 30) return 100;
  return 200 + 100 * std::int64_t((nth - 31) / 10);
}
std::int64_t price_of_page(std::uint32_t nth) {
  return nth <= 30 ? 0 : nth <= 100 ? 10 : nth <= 200 ? 20 : 40;
}

TEST(Fees, are_the_sum_of_the_prices_of_their_units) {
  std::int64_t items = 0, pages = 0;
  for (std::uint32_t n = 1; n <= 3000; ++n) {
    items += price_of_item(n);
    pages += price_of_page(n);
    ASSERT_EQ(law().tariff(FeeScheme::by_item).total(n), Decimal::whole(items)) << n;
    ASSERT_EQ(law().tariff(FeeScheme::by_page).total(n), Decimal::whole(pages)) << n;
  }
}

/// A month charged in several notices costs what one notice over all its items would.
TEST(Fees, of_a_month_do_not_depend_on_how_it_is_cut_into_notices) {
  for (std::uint32_t step = 1; step <= 17; ++step) {
    Decimal sum{};
    for (std::uint32_t prior = 0; prior < 120; prior += step) {
      sum += computed(FeeScheme::by_item, prior, step);
      ASSERT_EQ(sum, computed(FeeScheme::by_item, 0, prior + step)) << prior << '+' << step;
    }
  }
}

TEST(Fees, by_page_are_of_one_request_alone) {
  for (std::uint32_t prior : {0u, 1u, 30u, 500u})
    EXPECT_EQ(computed(FeeScheme::by_page, prior, 57), Decimal::whole(270)) << prior;
}

TEST(Fees, of_the_largest_quantity_that_can_be_recorded_are_exact) {
  const std::uint32_t most = 1'000'000;
  EXPECT_EQ(computed(FeeScheme::by_page, 0, most), Decimal::whole(2'700 + 40LL * (most - 200)));
  // Of the 99 997 steps of ten items above the 30th the k-th (from 0) costs 10 × (200 + 100 k).
  const std::int64_t steps = (most - 30) / 10;
  auto total = 2'000 + 10 * (200 * steps + 100 * (steps * (steps - 1) / 2));
  EXPECT_EQ(computed(FeeScheme::by_item, 0, most), Decimal::whole(total));
}

TEST(Fees, are_as_notified_where_the_notice_says_an_amount) {
  Case::Fee fee;
  fee.scheme = FeeScheme::by_page;
  fee.quantity = 57;
  EXPECT_EQ(notified_fee(fee, law()), Decimal::whole(270));
  fee.notified = Decimal::whole(280);
  EXPECT_EQ(notified_fee(fee, law()), Decimal::whole(280));
}

} // namespace
} // namespace mingce
