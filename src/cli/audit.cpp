// The commands of an auditor: what was changed after the fact, a sample, the file of one request.

#include "app/dossier.hpp"
#include "app/proofs.hpp"
#include "app/revisions.hpp"
#include "app/sample.hpp"
#include "cli/command.hpp"
#include "report/render_dossier.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct RevisionOptions : RegisterOptions, PeriodOptions {
  RevisionQuery query;
  ListFormat format = ListFormat::text;
};

struct SampleOptions : RegisterOptions, PeriodOptions {
  std::uint64_t size = 0;
  std::string seed;
  ListFormat format = ListFormat::text;
};

struct DossierOptions {
  std::string data, request, organ, as_of, out, format = "html";
  bool with_personal_data = false;

  LogView::Half half() const {
    return with_personal_data ? LogView::Half::both : LogView::Half::open;
  }
};

int revisions_with(const RevisionOptions& options) {
  auto query = options.query;
  if (options.is_given()) {
    auto asked = options.period();
    if (!asked) return report_failure(asked.error());
    query.recorded = *asked;
  }
  auto opened = options.open();
  if (!opened) return report_failure(opened.error(), options.data);
  if (!options.organ.empty()) {
    auto organs = organs_in(opened->reg, options.organ, options.scope);
    if (!organs) return report_failure(organs.error());
    query.organs = std::move(*organs);
  }
  query.up_to = opened->position;
  auto found = find_revisions(*opened->log, query);
  if (!found) return report_failure(found.error());
  ListWriter rows(revision_columns(), options.format);
  for (auto& revision : *found) rows.add(to_json(revision, opened->reg));
  std::cout << rows.finish();
  return done;
}

int sample_with(const SampleOptions& options) {
  auto asked = options.period();
  if (!asked) return report_failure(asked.error());
  auto opened = options.open();
  if (!opened) return report_failure(opened.error(), options.data);
  auto sample =
      sample_view(opened->reg, {options.organ, options.scope, *asked, options.size, options.seed});
  if (!sample) return report_failure(sample.error());
  std::cout << render_sample(*sample, options.format);
  return done;
}

/// Whoever only reads takes the last one that there is.
Result<std::optional<Note>> checkpoint_to_prove_with(const std::string& data) {
  if (auto note = present_checkpoint(data)) return std::optional(std::move(*note));
  auto log = LogView::open(place_of(data));
  if (!log) return log.error();
  return (*log)->latest_checkpoint();
}

int dossier_with(const DossierOptions& options, const Law& law) {
  auto note = checkpoint_to_prove_with(options.data);
  if (!note) return report_failure(note.error(), options.data);
  auto opened = open_register(options.data, options.as_of);
  if (!opened) return report_failure(opened.error(), options.data);
  OrganSet organs;
  if (!options.organ.empty()) {
    auto known = organs_in(opened->reg, options.organ, Scope::organ);
    if (!known) return report_failure(known.error());
    organs = std::move(*known);
  }
  auto request = find_request(opened->reg, options.request, organs);
  if (!request) return report_failure(request.error(), options.request);
  auto day = day_of_view(*opened->log, opened->position, civil_day(now()));
  if (!day) return report_failure(day.error());
  auto file =
      dossier(*opened->log, opened->reg, law, {(*request)->id, *day, Language::zh, options.half()},
              *note ? proofs_from(*opened->log, **note) : ProofSource{});
  if (!file) return report_failure(file.error());
  auto text = options.format == "json" ? json::serialize(*file) + "\n" : render_dossier(*file);
  auto written = write_output(options.out, text);
  return written ? int(done) : report_failure(written.error());
}

} // namespace

void add_revisions(CLI::App& app, const Statutes&, int& code) {
  auto options = std::make_shared<RevisionOptions>();
  auto* command = app.add_subcommand(
      "revisions",
      "迟录、补录于前、更正、撤销、作废 | what came late or changed what was recorded");
  options->RegisterOptions::add_to(*command)->required(false);
  options->PeriodOptions::add_to(*command);
  command
      ->add_option_function<std::string>(
          "--kind",
          [options](const std::string& word) {
            options->query.kind = from_word<RevisionKind>(word);
          },
          "late 迟录 · backdated 补录于前 · amended 更正 · retracted 撤销 · voided 作废")
      ->check(CLI::IsMember({"late", "backdated", "amended", "retracted", "voided"}));
  command
      ->add_option("--late-days", options->query.late_days,
                   "日期之后多少天记录算迟录 | recorded so many days after its date is late")
      ->check(CLI::Range(1, 36'500))
      ->capture_default_str();
  add_format(*command, options->format);
  command->callback([options, &code] { code = revisions_with(*options); });
}

void add_sample(CLI::App& app, const Statutes&, int& code) {
  auto options = std::make_shared<SampleOptions>();
  auto* command = app.add_subcommand(
      "sample", "可以重抽的随机抽样 | a random sample of requests that anyone can draw again");
  options->RegisterOptions::add_to(*command);
  options->PeriodOptions::add_to(*command);
  command->add_option("--size", options->size, "抽取件数 | how many")
      ->required()
      ->check(CLI::Range(std::uint64_t(1), max_sample));
  command->add_option("--seed", options->seed, "种子，任意文字 | the seed, any text")
      ->required()
      ->check([](const std::string& seed) {
        return seed.empty() ? std::string("不得为空 | must not be empty") : std::string{};
      });
  add_format(*command, options->format);
  command->callback([options, &code] { code = sample_with(*options); });
}

void add_dossier(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<DossierOptions>();
  auto* command =
      app.add_subcommand("dossier", "一件申请的案卷，一个文件 | the file of one request, in one");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--request", options->request, "登记号或 id | register number or id")
      ->required();
  command->add_option("--organ", options->organ,
                      "登记号所属的机关 | the organ whose register number it is");
  add_as_of(*command, options->as_of);
  command->add_option("--format", options->format, "输出格式 | output format")
      ->check(CLI::IsMember({"html", "json"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "写入文件 | write to this file");
  command->add_flag("--with-personal-data", options->with_personal_data,
                    "含个人信息 | personal data in the clear");
  command->callback([options, &statutes, &code] { code = dossier_with(*options, statutes.law); });
}

} // namespace mingce
