// 汇总: a region of twenty organs over two levels, and reports that were submitted instead.

#include "app/background.hpp"
#include "app/clock_views.hpp"
#include "app/contributions.hpp"
#include "app/publishing.hpp"
#include "app/restatement.hpp"
#include "app_fixture.hpp"
#include "memory_book.hpp"
#include "report/document.hpp"

namespace mingce {
namespace {

using test::MemoryBook;

std::string code_of_organ(int i) { return (i < 10 ? "O0" : "O") + std::to_string(i); }

/// One random register, told to two books: one keeps it in twenty organs, the other in a single
/// one.
class Twins {
public:
  explicit Twins(unsigned seed) : random_(seed) {
    many.tell("TOP", "2019-01-01 organ.registered kind=government");
    one.tell("TOP", "2019-01-01 organ.registered kind=government");
    // Four below the top, and four below each of these.
    for (int i = 0; i < 20; ++i) {
      auto parent = i < 4 ? std::string("TOP") : code_of_organ(i % 4);
      many.tell(code_of_organ(i), "2019-01-01 organ.registered parent=" + parent);
    }
    for (int i = 0; i < 300; ++i) tell_case(i);
    for (int i = 0; i < 40; ++i) tell_dispute(i);
    for (int i = 0; i < 60; ++i) tell_figure(i);
  }
  MemoryBook many, one;

private:
  int below(int n) { return std::uniform_int_distribution<>(0, n - 1)(random_); }
  std::string some_day(Day from = test::day("2022-06-01")) {
    return to_string(from + date::days{below(800)});
  }
  void tell(const std::string& organ, const std::string& number, const test::Told& told) {
    many.tell(organ + ":" + number, told);
    one.tell("TOP:" + number, told);
  }
  void tell_case(int i) {
    auto organ = code_of_organ(below(20)), number = std::to_string(i);
    auto kinds = wire_words<ApplicantKind>();
    auto received = test::day("2022-06-01") + date::days{below(800)};
    tell(organ, number,
         to_string(received) + R"( request.received applicant={"kind":")" +
             kinds[std::size_t(below(6))] + R"(","name":"某"})");
    if (below(5) == 0) return;
    static constexpr const char* outcomes[] = {"disclosed.provided", "refused.state_secret",
                                               "not_processed.petition"};
    auto concluded = to_string(received + date::days{below(90)});
    if (below(8))
      tell(organ, number, concluded + " request.answered outcome=" + outcomes[below(3)]);
    else
      tell(organ, number, concluded + " request.withdrawn");
    if (below(20) == 0) tell(organ, number, "2024-12-01 request.voided");
  }
  void tell_dispute(int i) {
    auto organ = code_of_organ(below(20)), number = "D" + std::to_string(i);
    auto accepted = test::day("2022-06-01") + date::days{below(800)};
    tell(organ, number, to_string(accepted) + " reconsideration.accepted");
    if (below(2))
      tell(organ, number,
           to_string(accepted + date::days{below(90)}) +
               " reconsideration.decided decision=upheld");
  }
  void tell_figure(int i) {
    static constexpr const char* items[] = {"licences.decisions", "fees.amount",
                                            "normative_documents.issued"};
    tell(code_of_organ(below(20)), "F" + std::to_string(i),
         some_day() + " figure.recorded item=" + items[below(3)] +
             " quantity=" + std::to_string(below(1000)));
  }
  std::mt19937 random_;
};

AnnualReport report_of(const MemoryBook& book, const std::string& organ, Scope scope,
                       const Period& period) {
  ReportQuery query{organ, {}, period, scope};
  if (period.from == first_day_of(year_of(period.from)) &&
      period.to == last_day_of(year_of(period.from)))
    query = {organ, year_of(period.from), {}, scope};
  return make_report(book.reg, test::statutes(), query).value().annual;
}

const std::vector<Period> periods{Period::of_year(2022),
                                  Period::of_year(2023),
                                  Period::of_year(2024),
                                  {test::day("2023-04-01"), test::day("2023-06-30")},
                                  {test::day("2022-11-15"), test::day("2023-02-14")}};

TEST(RollUp, every_cell_of_a_region_is_the_sum_over_its_organs) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Twins books(seed);
    for (auto& period : periods) {
      auto region = tables_of(report_of(books.many, "TOP", Scope::region, period));
      auto at_once = tables_of(report_of(books.one, "TOP", Scope::organ, period));
      std::map<std::string, Decimal> sums;
      for (auto& [code, organ] : books.many.reg.organs())
        for (auto& [cell, value] :
             tables_of(report_of(books.many, code, Scope::organ, period)).cells)
          sums[cell] += value;
      Decimal all{};
      for (auto& [cell, value] : region.cells) {
        EXPECT_EQ(value, sums.at(cell)) << seed << ' ' << cell;
        EXPECT_EQ(value, at_once.at(cell)) << seed << ' ' << cell;
        all += value;
      }
      EXPECT_GT(all.hundredths, 0);
      // A region below the top is that of its own organs.
      Decimal below{};
      for (int i : {0, 4, 8, 12, 16})
        below += *tables_of(report_of(books.many, code_of_organ(i), Scope::organ, period))
                      .at("requests/received/total");
      EXPECT_EQ(below, tables_of(report_of(books.many, "O00", Scope::region, period))
                           .at("requests/received/total"));
    }
  }
}

TEST(RollUp, statistics_of_a_region_are_those_of_all_its_cases_at_once) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    Twins books(seed);
    for (auto& period : periods) {
      auto figures = [&](const MemoryBook& book, Scope scope) {
        auto view = statistics_view(book.reg, test::statutes(), "TOP", scope, period,
                                    test::day("2025-06-30"))
                        .value();
        for (auto* name : {"scope", "organs"}) view.erase(name);
        for (auto& late : view.at("late_answers").as_array()) {
          late.as_object().erase("organ");
          late.as_object().erase("id");
        }
        for (auto* list : {"oldest", "overdue"})
          if (auto* rows = view.at("backlog").as_object().if_contains(list);
              rows && rows->is_array())
            for (auto& row : rows->as_array()) {
              row.as_object().erase("organ");
              row.as_object().erase("id");
            }
        return view;
      };
      EXPECT_EQ(json::serialize(figures(books.many, Scope::region)),
                json::serialize(figures(books.one, Scope::organ)));
    }
  }
}

// ---- reports of others --------------------------------------------------------------------------

Tables golden(const char* name) {
  return read_tables(test::read_json(std::string("tests/golden/") + name + ".json"),
                     test::statutes().editions)
      .value();
}

class RollUpOfReports : public testing::Test {
protected:
  RollUpOfReports() {
    book.tell("TOP", "2019-01-01 organ.registered kind=government");
    for (auto* code : {"REG", "SUB", "GONE"})
      book.tell(code, std::string("2019-01-01 organ.registered parent=TOP name=") + code);
    for (int i = 0; i < 3; ++i)
      book.tell("REG:" + std::to_string(i), "2023-05-04 request.received");
    book.tell("TOP:1", "2023-05-04 request.received");
  }
  void collect(const std::string& organ, int year, const Tables& tables,
               Scope scope = Scope::organ) {
    auto plan = plan_collection(book.reg, {organ, year, scope, test::day("2026-01-20")}, tables);
    book.tell(plan.value());
  }
  AnnualReport region(int year = 2023) {
    return report_of(book, "TOP", Scope::region, Period::of_year(year));
  }
  std::string sources(const AnnualReport& report) {
    std::string out;
    for (auto& note : report.notes.organs)
      out += (out.empty() ? "" : " ") + note.code + "=" + to_word(note.source) +
             (note.has_both ? "+" : "");
    return out;
  }
  std::int64_t received(const AnnualReport& report) {
    return report.requests.find("received")->second.back();
  }
  MemoryBook book;
};

TEST_F(RollUpOfReports, adds_what_was_submitted_and_names_who_is_missing) {
  EXPECT_EQ(sources(region()), "GONE=missing REG=own_register SUB=missing TOP=own_register");
  EXPECT_EQ(received(region()), 4);
  auto document = golden("suqian_city_2023");
  collect("SUB", 2023, document);
  EXPECT_EQ(sources(region()), "GONE=missing REG=own_register SUB=collected TOP=own_register");
  EXPECT_EQ(received(region()), 4 + 3511);
  // In its own report the organ says the same, so that the sum holds.
  auto own = report_of(book, "SUB", Scope::organ, Period::of_year(2023));
  EXPECT_EQ(received(own), 3511);
  EXPECT_EQ(tables_of(own).at("proactive/fees/amount"), parse_decimal("592372449"));
  // Nothing is known of its quarters.
  auto quarter =
      report_of(book, "TOP", Scope::region, {test::day("2023-04-01"), test::day("2023-06-30")});
  EXPECT_EQ(sources(quarter), "GONE=missing REG=own_register SUB=missing TOP=own_register");
  EXPECT_EQ(received(quarter), 4);
}

TEST_F(RollUpOfReports, an_organ_with_both_counts_by_its_register) {
  collect("REG", 2023, golden("suqian_city_2023"));
  EXPECT_EQ(sources(region()), "GONE=missing REG=own_register+ SUB=missing TOP=own_register");
  EXPECT_EQ(received(region()), 4);
}

TEST_F(RollUpOfReports, a_returned_report_no_longer_counts_and_stays_on_file) {
  collect("SUB", 2023, golden("suqian_city_2023"));
  book.tell("SUB:2023", "2026-01-22 report.returned year=2023 target=1");
  EXPECT_EQ(received(region()), 4);
  collect("SUB", 2023, golden("jinhu_county_2023"));
  auto& versions = book.reg.find_report("SUB", 2023, Scope::organ)->file.versions;
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].status, ReportStatus::returned);
  EXPECT_EQ(versions[1].status, ReportStatus::collected);
  EXPECT_NE(received(region()), 4);
}

TEST_F(RollUpOfReports, one_report_for_a_whole_region_stands_for_all_below_it) {
  book.tell("SUB1", "2019-01-01 organ.registered parent=SUB");
  collect("SUB", 2023, golden("suqian_city_2023"), Scope::region);
  EXPECT_EQ(sources(region()), "GONE=missing REG=own_register SUB=collected TOP=own_register");
  EXPECT_EQ(received(region()), 4 + 3511);
  // Somebody below it keeps a register: then each speaks for itself.
  book.tell("SUB1:1", "2023-05-04 request.received");
  EXPECT_EQ(received(region()), 5);
}

TEST_F(RollUpOfReports, the_report_of_a_region_stands_for_it_in_the_years_before_its_registers) {
  collect("TOP", 2021, golden("pingtan_zone_2021"), Scope::region);
  EXPECT_EQ(sources(region(2021)), "TOP=collected");
  EXPECT_EQ(tables_of(region(2021)).cells, golden("pingtan_zone_2021").cells);
  // Once an organ below has been heard, each speaks for itself.
  collect("SUB", 2021, golden("pingtan_zone_2021"));
  EXPECT_EQ(sources(region(2021)), "GONE=missing REG=missing SUB=collected TOP=missing");
}

TEST_F(RollUpOfReports, the_trend_goes_on_from_reports_that_were_collected) {
  auto& statutes = test::statutes();
  collect("TOP", 2021, golden("pingtan_zone_2021"), Scope::region);
  collect("SUB", 2023, golden("suqian_city_2023"));
  ReportQuery query{"TOP", 2023, {}, Scope::region};
  auto background = background_of(book.reg, statutes, query, *statutes.editions.find("cn-2021"));
  // Of 2022 nothing is known: no point, rather than a year without requests.
  ASSERT_EQ(background.years.size(), 2u);
  EXPECT_EQ(background.years[0].label, "2021年");
  EXPECT_EQ(Decimal::whole(background.years[0].received),
            golden("pingtan_zone_2021").at("requests/received/total"));
  EXPECT_EQ(background.years[1].received, 4 + 3511);
  EXPECT_EQ(background.years[1].concluded, 3486);
  // Case by case only those of the registers are known.
  EXPECT_EQ(background.received, 4);
  EXPECT_EQ(background.channels, (std::map<Channel, std::int64_t>{{Channel::web, 4}}));
}

TEST_F(RollUpOfReports, fees_are_not_compared_where_others_received_some) {
  ReportQuery query{"TOP", 2023, {}, Scope::region};
  auto status = [&] {
    auto report =
        make_report(book.reg, test::statutes(), query, "收取信息处理费 2230 元。").value();
    return std::ranges::find(report.checks, "C18", &Check::id)->status;
  };
  EXPECT_EQ(status(), CheckStatus::fail);
  collect("SUB", 2023, golden("suqian_city_2023"));
  EXPECT_EQ(status(), CheckStatus::not_applicable);
}

TEST_F(RollUpOfReports, an_edition_that_cannot_be_laid_into_the_other_is_told) {
  book.tell("TOP:2", "2020-05-04 request.received");
  collect("SUB", 2020, golden("jiaxiang_subdistrict_2020"));
  ReportQuery query{"TOP", 2020, {}, Scope::region, "cn-2021"};
  auto report = make_report(book.reg, test::statutes(), query).value().annual;
  EXPECT_EQ(sources(report), "GONE=missing REG=missing SUB=other_edition TOP=own_register");
  EXPECT_EQ(sources(region(2020)), "GONE=missing REG=missing SUB=collected TOP=own_register");
}

TEST_F(RollUpOfReports, what_was_taken_over_yields_to_the_report_of_that_year) {
  // Open cases of the year before are entered when the register begins; the year was reported.
  collect("SUB", 2023, golden("suqian_city_2023"));
  EXPECT_EQ(published_tables(book.reg, test::statutes().editions, "SUB", Scope::organ, 2023)
                ->at("requests/carried_out/total"),
            Decimal::whole(121));
  EXPECT_FALSE(published_tables(book.reg, test::statutes().editions, "SUB", Scope::organ, 2022));
}

TEST_F(RollUpOfReports, a_report_that_comes_late_is_in_the_restatement) {
  Publishing publishing{.report = {"TOP", 2023, {}, Scope::region}, .on = test::day("2026-01-20")};
  book.tell(plan_publication(book.reg, test::statutes(), publishing).value());
  collect("SUB", 2023, golden("suqian_city_2023"));
  auto moved =
      restatement(book.reg, book.log, test::statutes(), "TOP", 2023, Scope::region).value();
  auto total = std::ranges::find(moved, "requests/received/total", &CellDifference::cell);
  ASSERT_NE(total, moved.end());
  EXPECT_EQ(total->published, Decimal::whole(4));
  EXPECT_EQ(total->current, Decimal::whole(4 + 3511));
  EXPECT_EQ(total->events, std::vector{book.log.size()});
}

} // namespace
} // namespace mingce
